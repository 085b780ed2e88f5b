import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parts } from "../fakes/page-scripts.js";

const { flagsValue, makeFlags } = parts;
// VMCP, table of flags.
const BITS = { use64bit: 1, useBootDisk: 2, useGuestAdditions: 4, useFloppyIO: 8, headful: 16 };

let bits = 0;
/** @type {any} */
let flags;
beforeEach(() => {
  bits = 0;
  flags = makeFlags(() => bits, (value) => (bits = value));
});

test("each bit has its name", () => {
  for (const [name, bit] of Object.entries(BITS)) {
    bits = bit;
    assert.deepEqual(Object.keys(BITS).filter((each) => flags[each]), [name]);
    flags[name] = false;
    assert.equal(bits, 0);
    flags[name] = true;
    assert.equal(bits, bit);
  }
});

test("one bit leaves the others alone", () => {
  bits = 1 | 32;
  flags.headful = "yes";
  assert.equal(bits, 1 | 16 | 32);
  flags.use64bit = 0;
  assert.equal(bits, 16 | 32);
});

test("their value is read and written whole", () => {
  flags.value = "9";
  assert.equal(bits, 9);
  assert.equal(flags.value, 9);
  flags.value = "nonsense";
  assert.equal(bits, 0);
});

test("nothing is added to them", () => {
  assert.ok(Object.isFrozen(flags));
  assert.deepEqual(Object.keys(flags).sort(), ["value", ...Object.keys(BITS)].sort());
});

test("flags are assigned as a number, or by name", () => {
  assert.equal(flagsValue(9, 1), 9);
  assert.equal(flagsValue("9", 1), 9);
  assert.equal(flagsValue(null, 1), 0);
  assert.equal(flagsValue({ headful: true, use64bit: false }, 1 | 4), 4 | 16);
  assert.equal(flagsValue({}, 5), 5);
  assert.equal(flagsValue({ value: 9, headful: true }, 1), 9, "what reading them gives");
});
