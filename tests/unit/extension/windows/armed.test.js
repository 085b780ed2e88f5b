import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { armed, ArmedWindow } from "../../../../extension/windows/armed.js";
import { FakeElement, fakePage } from "../fakes/page.js";

/** Milliseconds. */
let now = 0;
mock.method(performance, "now", () => now);
mock.timers.enable({ apis: ["setInterval"] });

/** @type {any} */
let document;
/** @type {any} */
let window;
/** @type {FakeElement} */
let deny;
/** @type {FakeElement} */
let allow;
/** @type {string[]} */
let decided;

beforeEach(() => {
  now = 1000;
  ({ document, window } = fakePage());
  [deny, allow] = [new FakeElement(), new FakeElement()];
  decided = [];
});

/** The buttons, as windows have them. */
function shown() {
  const buttons = /** @type {any} */ (new Map([[deny, "no"], [allow, "yes"]]));
  armed(buttons, "escaped", (decision) => decided.push(decision));
}

/** @param {number} milliseconds */
function pass(milliseconds) {
  for (let step = 0; step < milliseconds; step += 50) {
    now += 50;
    mock.timers.tick(50);
  }
}

/** What both buttons tell of themselves. */
function disabled() {
  const [one, other] = [deny, allow].map((button) => button.attributes.get("aria-disabled"));
  assert.equal(one, other);
  return one;
}

test("no button is armed at once", () => {
  shown();
  assert.equal(disabled(), "true");
  allow.happens("click");
  document.happens("keydown", { key: "Escape" });
  pass(400);
  allow.happens("click");
  assert.deepEqual(decided, []);
  assert.equal(disabled(), "true");
});

for (const decision of ["no", "yes"]) {
  test(`the button for ${decision} decides that, once`, () => {
    shown();
    pass(500);
    assert.equal(disabled(), "false");
    const button = decision === "no" ? deny : allow;
    button.happens("click");
    assert.deepEqual(decided, [decision]);
    assert.equal(disabled(), "true");
    window.happens("focus");
    document.happens("visibilitychange");
    pass(10_000);
    assert.equal(disabled(), "true", "nothing arms it again");
    for (let again = 0; again < 2; again++) {
      button.happens("click");
      document.happens("keydown", { key: "Escape" });
      pass(600);
    }
    assert.deepEqual(decided, [decision]);
  });
}

test("Escape is a no, no other key is anything", () => {
  shown();
  pass(500);
  for (const key of ["Enter", " ", "a", "Esc"]) document.happens("keydown", { key });
  assert.deepEqual(decided, []);
  document.happens("keydown", { key: "Escape" });
  assert.deepEqual(decided, ["escaped"]);
});

test("clicks and keys of scripts never count", () => {
  shown();
  pass(500);
  allow.happens("click", { isTrusted: false });
  document.happens("keydown", { key: "Escape", isTrusted: false });
  assert.deepEqual(decided, []);
  allow.happens("click");
  assert.deepEqual(decided, ["yes"]);
});

test("a press counts by the clock, however late timers are", () => {
  shown();
  now += 500;
  allow.happens("click");
  assert.deepEqual(decided, ["yes"]);
});

test("a window that comes to the front, or into view, counts anew", () => {
  shown();
  for (const happens of [() => window.happens("focus"), () => document.happens("visibilitychange")]) {
    pass(500);
    assert.equal(disabled(), "false");
    happens();
    assert.equal(disabled(), "true");
    allow.happens("click");
    pass(400);
    allow.happens("click");
    assert.deepEqual(decided, []);
  }
});

test("while it is hidden, or another window has the focus, nothing counts", () => {
  shown();
  for (const [away, back] of [
    [() => (document.visibilityState = "hidden"), () => (document.visibilityState = "visible")],
    [() => (document.focused = false), () => (document.focused = true)],
  ]) {
    pass(600);
    away();
    allow.happens("click");
    assert.equal(disabled(), "true");
    pass(5000);
    allow.happens("click");
    assert.deepEqual(decided, []);
    back();
    pass(600);
    assert.equal(disabled(), "false");
  }
});

test("a window that was moved under the pointer counts anew, to the side and up", () => {
  shown();
  for (const side of ["screenX", "screenY"]) {
    pass(600);
    window[side]++;
    allow.happens("click");
    assert.deepEqual(decided, []);
    assert.equal(disabled(), "true");
  }
  pass(600);
  window.screenX++;
  pass(100);
  assert.equal(disabled(), "true", "seen without a press");
  pass(500);
  allow.happens("click");
  assert.deepEqual(decided, ["yes"]);
});

test("the pointer presses what lies under it, whichever window has the focus", () => {
  /** @type {boolean[]} */
  const told = [];
  document.focused = false;
  const here = new ArmedWindow((on) => told.push(on), false);
  const press = /** @type {any} */ ({ isTrusted: true });
  assert.equal(here.counts(press), false);
  pass(500);
  window.happens("focus");
  assert.equal(here.counts(press), true);
  assert.deepEqual(told, [false, true]);
  document.happens("visibilitychange");
  assert.equal(here.counts(press), false);
  pass(500);
  assert.deepEqual(told, [false, true, false, true]);
  here.end();
  assert.equal(here.counts(press), false);
  assert.deepEqual(told, [false, true, false, true, false]);
});
