import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { chord, MODIFIERS, pressed, released, typed } from "../../../../../extension/windows/screen/scancodes.js";

/** @param {string} keys by their names, with blanks between */
function sent(keys) {
  return keys.split(" ").map((key) => [pressed(key), released(key)]);
}

test("scancodes of set 1", () => {
  // IBM PC/XT Technical Reference, and for the later keys Microsoft's "Keyboard Scan Code Specification", 1.3a.
  assert.deepEqual(sent("Escape KeyA Digit0 F1 F10 F12 Space NumpadSubtract IntlBackslash"), [
    [[0x01], [0x81]], [[0x1e], [0x9e]], [[0x0b], [0x8b]], [[0x3b], [0xbb]], [[0x44], [0xc4]], [[0x58], [0xd8]], [[0x39], [0xb9]],
    [[0x4a], [0xca]], [[0x56], [0xd6]],
  ]);
  assert.deepEqual(sent("ArrowUp ControlRight Delete NumpadEnter NumpadDivide MetaLeft"), [
    [[0xe0, 0x48], [0xe0, 0xc8]], [[0xe0, 0x1d], [0xe0, 0x9d]], [[0xe0, 0x53], [0xe0, 0xd3]], [[0xe0, 0x1c], [0xe0, 0x9c]],
    [[0xe0, 0x35], [0xe0, 0xb5]], [[0xe0, 0x5b], [0xe0, 0xdb]],
  ]);
  assert.deepEqual(sent("Backslash KeyZ KeyM ShiftRight AltLeft CapsLock ScrollLock Numpad0"), [
    [[0x2b], [0xab]], [[0x2c], [0xac]], [[0x32], [0xb2]], [[0x36], [0xb6]], [[0x38], [0xb8]], [[0x3a], [0xba]], [[0x46], [0xc6]],
    [[0x52], [0xd2]],
  ]);
});

test("keys with stories of their own", () => {
  assert.deepEqual(sent("PrintScreen Pause"), [
    [[0xe0, 0x2a, 0xe0, 0x37], [0xe0, 0xb7, 0xe0, 0xaa]],
    [[0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5], []],
  ]);
});

test("keys that no machine has send nothing", () => {
  for (const key of ["BrowserBack", "", "constructor", "__proto__"]) assert.deepEqual(sent(key), [[[], []]], key);
});

test("no two keys send the same", () => {
  const source = readFileSync(new URL("../../../../../extension/windows/screen/scancodes.js", import.meta.url), "utf-8");
  const names = new Set([...source.matchAll(/\b[A-Z]\w*\b/g)].map(([name]) => name));
  const codes = [...names].map((name) => pressed(name).join()).filter(Boolean);
  assert.ok(codes.length > 100);
  assert.equal(new Set(codes).size, codes.length);
});

test("a chord is let go in the opposite order", () => {
  assert.deepEqual(chord("ControlLeft", "AltLeft", "Delete"), [0x1d, 0x38, 0xe0, 0x53, 0xe0, 0xd3, 0xb8, 0x9d]);
});

test("all modifiers are keys", () => {
  for (const key of MODIFIERS) assert.ok(released(key).length, key);
});

test("a text is typed on an American keyboard", () => {
  assert.deepEqual(typed("aA~\r\n\t").units, [
    [0x1e, 0x9e], [0x2a, 0x1e, 0x9e, 0xaa], [0x2a, 0x29, 0xa9, 0xaa], [0x1c, 0x9c], [0x0f, 0x8f],
  ]);
  assert.deepEqual(typed("é1é€").missing, ["é", "€"]);
});

test("every printable character of ASCII has its keys", () => {
  const { units, missing } = typed(Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join(""));
  assert.deepEqual(missing, []);
  assert.equal(new Set(units.map((unit) => unit.join())).size, 95);
});
