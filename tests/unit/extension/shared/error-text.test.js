import "../fakes/shared-scripts.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeChrome } from "../fakes/browser.js";

const { makeError, translateCheck, translateError } = cvmErrorText;
const FOUND = {
  id: "room", check: "room", title: "Room on the disk", advice: "roomShort", status: "problem", found: "There is no room.", cause: "The disk is full.",
  fix: "Make some.", command: "", repair: false, params: {},
};

test("an error of the extension's own has its number, its words and what to do", () => {
  const { code, name, message, fix, params } = makeError("tooManyRequests", { limit: 64 });
  assert.equal(code, cvmErrorCodes["tooManyRequests"]);
  assert.equal(name, "tooManyRequests");
  assert.match(message, /^\[error_tooManyRequests: 64/);
  assert.match(fix, /^\[error_tooManyRequests_fix/);
  assert.deepEqual(params, { limit: 64 });
});

test("an error that is newer than we are stays as the host wrote it", () => {
  for (const name of ["newerThanWe", "toString", ""]) {
    const error = { code: -6, name, message: "No room.", fix: "Make some.", params: {} };
    assert.equal(translateError(error), error);
  }
});

test("the host's English stays where there is no translation", () => {
  fakeChrome({ i18n: { getMessage: () => "", getUILanguage: () => "en" } });
  const error = { code: -6, name: "diskFull", message: "No room.", fix: "Make some.", params: {} };
  assert.deepEqual(translateError(error), error);
  const check = /** @type {any} */ (FOUND);
  assert.deepEqual(translateCheck(check), FOUND);
  fakeChrome();
});

test("what the doctor found takes the place of the general advice", () => {
  const error = /** @type {any} */ ({ code: -6, name: "diskFull", message: "", fix: "", params: {}, diagnosis: FOUND });
  const { cause, fix } = translateError(error);
  assert.equal(cause, "[doctor_roomShort_found] [doctor_roomShort_cause]");
  assert.equal(fix, "[doctor_roomShort_fix]");
  const typed = translateError({ ...error, diagnosis: { ...FOUND, cause: "", command: "rm x" } });
  assert.deepEqual([typed.cause, typed.fix], ["[doctor_roomShort_found]", "[doctor_roomShort_fix]\nrm x"]);
});

test("of a check what there is to say is said, and no more", () => {
  const check = translateCheck(/** @type {any} */ ({ ...FOUND, fix: "" }));
  assert.deepEqual([check.title, check.found, check.fix], ["[doctor_title_room]", "[doctor_roomShort_found]", ""]);
});
