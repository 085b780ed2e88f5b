import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Keyboard } from "../../../../../extension/windows/screen/keyboard.js";
import { FakeElement, fakePage } from "../../fakes/page.js";

/** Milliseconds. */
let now = 0;
mock.method(performance, "now", () => now);
mock.timers.enable({ apis: ["setInterval"] });

/** @type {any} */
let document;
/** @type {any} */
let window;
/** @type {FakeElement} */
let screen;
/** @type {Keyboard} */
let keyboard;
/** @type {number[]} */
let sent;

beforeEach(() => {
  ({ document, window } = fakePage());
  screen = new FakeElement();
  sent = [];
  keyboard = new Keyboard(/** @type {any} */ (screen), (codes) => sent.push(...codes));
  keyboard.enabled = true;
});

/** @param {number} milliseconds */
function pass(milliseconds) {
  now += milliseconds;
  mock.timers.tick(milliseconds);
}

/** @param {string} code @param {Record<string, unknown>} [more] */
function down(code, more = {}) {
  return screen.happens("keydown", { code, key: code, repeat: false, getModifierState: () => true, ...more });
}

/** @param {string} code @param {Record<string, unknown>} [more] */
function up(code, more = {}) {
  return screen.happens("keyup", { code, key: code, ...more });
}

/** The keyboard is the machine's. */
function taken() {
  pass(600);
  screen.happens("click");
  assert.equal(keyboard.on, true);
}

test("a click takes the keyboard once the window is armed", () => {
  assert.equal(screen.ariaDisabled, "true");
  screen.happens("click");
  pass(400);
  screen.happens("click");
  assert.equal(keyboard.on, false);
  pass(100);
  assert.equal(screen.ariaDisabled, "false");
  screen.happens("click");
  assert.equal(keyboard.on, true);
  assert.equal(screen.focused, 1);
});

test("a click that brings the window to the front counts, an Enter does not", () => {
  pass(600);
  window.happens("focus");
  down("Enter");
  assert.equal(keyboard.on, false);
  screen.happens("click");
  assert.equal(keyboard.on, true);
});

test("Enter and the space bar take it, other keys and repeated ones do not", () => {
  pass(600);
  assert.equal(down("KeyA", { key: "a" }).defaultPrevented, false);
  assert.equal(down("Enter", { repeat: true }).defaultPrevented, true);
  assert.equal(keyboard.on, false);
  for (const key of ["Enter", " "]) {
    down("x", { key });
    assert.equal(keyboard.on, true);
    keyboard.end();
  }
  assert.deepEqual(sent, [], "the machine hears nothing of it");
});

test("scripts take nothing and press nothing", () => {
  pass(600);
  screen.happens("click", { isTrusted: false });
  down("Enter", { isTrusted: false });
  assert.equal(keyboard.on, false);
  taken();
  down("KeyA", { isTrusted: false });
  down("ShiftLeft");
  up("ShiftLeft", { isTrusted: false });
  assert.deepEqual(sent, [0x2a]);
});

test("a machine that does not run takes no keyboard", () => {
  keyboard.enabled = false;
  pass(600);
  screen.happens("click");
  assert.equal(keyboard.on, false);
});

test("each key is pressed and let go, modifiers are held", () => {
  taken();
  down("ShiftLeft");
  down("ShiftLeft");
  assert.equal(down("KeyB").stopped, true);
  up("KeyB");
  up("ShiftLeft");
  assert.deepEqual(sent, [0x2a, 0x30, 0xb0, 0xaa]);
});

test("Ctrl and Alt, pressed and let go, give it back; with another key they are the machine's", () => {
  /** @type {boolean[]} */
  const told = [];
  keyboard.onChange = (on) => told.push(on);
  taken();
  down("ControlLeft");
  down("AltLeft");
  down("Delete");
  up("AltLeft");
  up("ControlLeft");
  assert.equal(keyboard.on, true);
  sent = [];
  down("ControlLeft");
  down("AltLeft");
  up("AltLeft");
  assert.deepEqual(told, [true, false]);
  assert.deepEqual(sent, [0x1d, 0x38, 0xb8, 0x9d]);
});

test("AltGr is one key, though Windows tells of two", () => {
  taken();
  down("ControlLeft");
  down("AltRight", { key: "AltGraph" });
  assert.deepEqual(sent, [0x1d, 0x9d, 0xe0, 0x38]);
});

test("a modifier whose end was never told is let go with the next key", () => {
  taken();
  down("AltLeft");
  down("KeyA", { getModifierState: () => false });
  assert.deepEqual(sent, [0x38, 0xb8, 0x1e, 0x9e]);
});

test("no key stays pressed when it is given back", () => {
  for (const away of [
    () => screen.happens("blur"),
    () => window.happens("blur"),
    () => {
      document.visibilityState = "hidden";
      document.happens("visibilitychange");
    },
  ]) {
    taken();
    down("ControlLeft");
    down("ShiftLeft");
    sent = [];
    away();
    assert.equal(keyboard.on, false);
    assert.deepEqual(sent, [0xaa, 0x9d]);
  }
});
