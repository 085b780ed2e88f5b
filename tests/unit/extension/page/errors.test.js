import assert from "node:assert/strict";
import { test } from "node:test";
import "../../../../extension/shared/error-codes.js";
import { parts } from "../fakes/page-scripts.js";

const { CVMError, pageErrors } = parts;

test("an error carries what the host says of it", () => {
  const error = new CVMError({ code: -6, name: "diskFull", message: "No room.", fix: "Make some.", params: { needed: 7 } });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.code, error.name, error.message, error.fix], [-6, "diskFull", "No room.", "Make some."]);
  assert.deepEqual(error.params, { needed: 7 });
  assert.equal(Object.hasOwn(error, "cause"), false);
});

test("what is wrong on this computer is its cause, where that is known", () => {
  const error = new CVMError({ code: -6, name: "diskFull", message: "No room.", fix: "", cause: "The disk is full." });
  assert.equal(error.cause, "The disk is full.");
  assert.deepEqual(error.params, {});
});

test("its own errors have the numbers of the table, and name what is wrong", () => {
  const made = [
    pageErrors.extensionGone(), pageErrors.connectionLost(), pageErrors.cancelled(), pageErrors.apiTimeout(7),
    pageErrors.badMessage("it is odd"), pageErrors.badValue("path", "it is odd"), pageErrors.vmcpAddress("it is odd"),
  ];
  assert.deepEqual(made.map(({ name }) => name), Object.keys(pageErrors));
  for (const error of made) {
    assert.equal(error.code, cvmErrorCodes[error.name], error.name);
    assert.ok(error.fix);
  }
  assert.deepEqual(made.map(({ params }) => params), [
    {}, {}, {}, { seconds: 7 }, { detail: "it is odd" }, { name: "path", detail: "it is odd" }, { detail: "it is odd" },
  ]);
  for (const error of made.slice(4)) assert.match(error.message, /it is odd/);
});
