import assert from "node:assert/strict";
import { test } from "node:test";
import { restAfter, restAfterFailure } from "../../../../../extension/windows/screen/pace.js";

test("the pace follows the cost", () => {
  assert.equal(restAfter(5, 0), 100, "never all the time");
  assert.equal(restAfter(40, 0), 360, "a tenth of the time for looking");
  assert.equal(restAfter(300, 0), 700, "a picture every second at least");
  assert.equal(restAfter(3000, 0), 3000, "half of the time where it costs that much");
});

test("of pictures alike one a second is enough", () => {
  assert.equal(restAfter(40, 4), 360);
  assert.equal(restAfter(40, 5), 960);
});

test("failures make it rarer, up to a limit", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(restAfterFailure), [1000, 2000, 4000, 8000, 10_000, 10_000]);
});
