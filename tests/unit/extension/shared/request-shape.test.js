import assert from "node:assert/strict";
import { test } from "node:test";
import "../../../../extension/shared/request-shape.js";

const { LIMITS, faultOf, isNote } = cvmRequestShape;
const PROPER = { id: 1, action: "sync", params: { session: "s1" } };

/** @param {number} levels of objects and lists within each other */
function nested(levels) {
  let value = /** @type {any} */ ("leaf");
  for (let level = 0; level < levels; level++) value = level % 2 ? { value } : [value];
  return value;
}

test("a proper request has no fault", () => {
  assert.equal(faultOf(PROPER), "");
  assert.equal(faultOf({ ...PROPER, params: {} }), "");
  for (const id of [0, -1, Number.MAX_SAFE_INTEGER, "", "a", "x".repeat(LIMITS.action)]) assert.equal(faultOf({ ...PROPER, id }), "");
});

test("what is not an object is no request", () => {
  for (const message of [null, undefined, 1, "sync", true, [], [PROPER]]) assert.equal(faultOf(message), "it is not an object");
});

test("an id is a whole number or a short text", () => {
  const bad = [undefined, null, 0.5, NaN, Infinity, 2 ** 53, {}, [], true, "x".repeat(LIMITS.action + 1)];
  for (const id of bad) assert.equal(faultOf({ ...PROPER, id }), "it has no id");
});

test("an action is a short text", () => {
  for (const action of [undefined, null, 1, {}, ["sync"], "x".repeat(LIMITS.action + 1)]) {
    assert.equal(faultOf({ ...PROPER, action }), "it names no action");
  }
  assert.equal(faultOf({ ...PROPER, action: "x".repeat(LIMITS.action) }), "");
});

test("params are an object", () => {
  for (const params of [undefined, null, 1, "x", [], [{}]]) assert.equal(faultOf({ ...PROPER, params }), "its params are not an object");
});

test("params are nested so deep at most", () => {
  assert.equal(faultOf({ ...PROPER, params: { value: nested(LIMITS.depth - 1) } }), "");
  assert.equal(faultOf({ ...PROPER, params: { first: 1, value: nested(LIMITS.depth) } }), "it is nested deeper than 32 levels");
  assert.equal(faultOf({ ...PROPER, params: { value: [null, [], {}, "x"] } }), "");
});

test("notes are told from requests", () => {
  assert.deepEqual(["cancel", "pauseDownload", "fetchMore", "fetchBody"].map(isNote), [true, true, true, true]);
  assert.deepEqual(["start", "fetch", "answerQuestion", "", "has"].map(isNote), [false, false, false, false, false]);
});

test("its limits are those of the protocol, and can't be changed", () => {
  assert.deepEqual(LIMITS, {
    size: 1_048_576,
    depth: 32,
    inFlight: 64,
    inFlightOfOrigin: 128,
    fetches: 192,
    pace: { frame: { burst: 1000, perSecond: 200 }, origin: { burst: 2000, perSecond: 400 }, openings: { burst: 100, perSecond: 5 } },
    action: 64,
  });
  const all = [cvmRequestShape, LIMITS, LIMITS.pace, ...Object.values(LIMITS.pace)];
  assert.ok(all.every((part) => Object.isFrozen(part)));
});
