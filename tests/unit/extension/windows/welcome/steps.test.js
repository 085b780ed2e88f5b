import assert from "node:assert/strict";
import { test } from "node:test";
import { STEPS, steps } from "../../../../../extension/windows/welcome/steps.js";

/**
 * @param {string} check
 * @param {string} [status]
 * @param {object} [more]
 * @returns {any}
 */
function found(check, status = "ok", more = {}) {
  return { id: `${check}-1`, check, status, found: `${check} ${status}`, cause: "why", fix: "what to do", command: "", repair: false, ...more };
}

const ALL = STEPS.flatMap(({ checks }) => checks);

/** @param {any} changed checks that are not fine */
function told(...changed) {
  const fine = ALL.filter((check) => !changed.some((/** @type {any} */ each) => each.check === check)).map((check) => found(check));
  return steps([...fine, ...changed], null, "install it");
}

test("all is well", () => {
  for (const { status, said, command, repair, page } of told()) {
    assert.equal(status, "ok");
    assert.match(said, / ok/);
    assert.deepEqual([command, repair, page], ["", "", ""]);
  }
});

test("a problem is said with what to do, and what comes after waits for it", () => {
  const made = told(found("driver", "problem", { command: "do it", repair: true }));
  assert.deepEqual(made.map(({ status }) => status), ["ok", "problem", "waiting", "waiting"]);
  const { said, command, repair, page } = made[1];
  assert.deepEqual([said, command, repair], ["driver problem\nwhy\nwhat to do", "do it", "driver-1"]);
  assert.match(page, /^https:/);
  assert.equal(made[2].said, "");
});

test("a warning stops nothing", () => {
  assert.deepEqual(told(found("processor", "warning")).map(({ status }) => status), ["ok", "ok", "warning", "ok"]);
});

test("the worst counts, and only that is told", () => {
  const [, step] = told(found("driver", "warning"), found("group", "problem"));
  assert.equal(step.status, "problem");
  assert.doesNotMatch(step.said, /driver/);
});

test("what nobody looked at is unknown", () => {
  assert.deepEqual(steps([], null, "").map(({ status }) => status), ["unknown", "unknown", "unknown", "unknown"]);
});

test("without the program it is what is missing", () => {
  const failure = /** @type {any} */ ({ message: "It is not there.", fix: "Install it." });
  const made = steps(null, failure, "apt install it");
  assert.deepEqual(made.map(({ status }) => status), ["problem", "waiting", "waiting", "waiting"]);
  assert.deepEqual([made[0].said, made[0].command], ["It is not there.\nInstall it.", "apt install it"]);
});
