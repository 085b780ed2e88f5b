import assert from "node:assert/strict";
import { test } from "node:test";
import "../../../../extension/shared/error-codes.js";
import { parts } from "../fakes/page-scripts.js";

const { CVMError, pageDetail, pageError } = parts;

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
  const odd = pageDetail("text", { limit: 9 });
  assert.deepEqual(odd, { code: "detail_text", params: { limit: 9 }, text: "it must be a text of at most 9 characters" });
  const params = { seconds: 7, name: "path", detail: odd };
  for (const [name, code] of Object.entries(parts.pageCodes)) {
    const error = pageError(name, params);
    assert.deepEqual([error.name, error.code], [name, cvmErrorCodes[name]]);
    assert.ok(error.fix);
    assert.deepEqual(error.params, params);
    assert.equal(code, cvmErrorCodes[name]);
    assert.doesNotMatch(error.message, /[{}]|object/, name);
  }
  assert.match(pageError("apiTimeout", params).message, /within 7 s/);
  assert.match(pageError("badValue", params).message, /path.*at most 9 characters/);
  assert.deepEqual(pageError("cancelled").params, {});
});
