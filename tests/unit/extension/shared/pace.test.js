import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import "../../../../extension/shared/pace.js";

/** Milliseconds. */
let now = 0;
mock.method(performance, "now", () => now);

/** @type {CvmPace} */
let pace;
beforeEach(() => {
  now = 50_000;
  pace = new CvmPace({ burst: 4, perSecond: 2 });
});

/** How many may pass now. */
function passing() {
  let passed = 0;
  while (passed < 100 && pace.take()) passed++;
  return passed;
}

test("a burst passes at once, and no more", () => {
  assert.equal(passing(), 4);
  assert.equal(pace.take(), false);
});

test("after that so many a second", () => {
  passing();
  now += 499;
  assert.equal(pace.take(), false);
  now += 1;
  assert.equal(pace.take(), true);
  assert.equal(pace.take(), false);
  now += 1500;
  assert.equal(passing(), 3);
});

test("what is not used does not add up", () => {
  now += 3_600_000;
  assert.equal(passing(), 4);
});

test("one that is refused costs nothing", () => {
  passing();
  for (let n = 0; n < 50; n++) pace.take();
  now += 500;
  assert.equal(passing(), 1);
});

test("it has rested once the whole burst is there again", () => {
  assert.equal(pace.rested, true);
  pace.take();
  assert.equal(pace.rested, false);
  now += 499;
  assert.equal(pace.rested, false);
  now += 1;
  assert.equal(pace.rested, true);
});
