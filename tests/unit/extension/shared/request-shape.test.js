import assert from "node:assert/strict";
import { test } from "node:test";
import "../../../../extension/shared/protocol.js";
import "../../../../extension/shared/request-shape.js";

const { faultOf, isNote } = cvmRequestShape;
const { LIMITS } = cvmProtocol;
const missing = (/** @type {string} */ names) => ({ code: "detail_missing", params: { names } });
const PROPER = { id: 1, action: "sync", params: { session: "s1" } };

/** @param {number} levels of objects and lists within each other */
function nested(levels) {
  let value = /** @type {any} */ ("leaf");
  for (let level = 0; level < levels; level++) value = level % 2 ? { value } : [value];
  return value;
}

test("a proper request has no fault", () => {
  assert.equal(faultOf(PROPER), null);
  assert.equal(faultOf({ ...PROPER, params: {} }), null);
  for (const id of [0, -1, Number.MAX_SAFE_INTEGER, "", "a", "x".repeat(LIMITS.action)]) assert.equal(faultOf({ ...PROPER, id }), null);
});

test("what is not an object is no request", () => {
  for (const message of [null, undefined, 1, "sync", true, [], [PROPER]]) assert.equal(faultOf(message)?.code, "detail_notObject");
});

test("an id is a whole number or a short text", () => {
  const bad = [undefined, null, 0.5, NaN, Infinity, 2 ** 53, {}, [], true, "x".repeat(LIMITS.action + 1)];
  for (const id of bad) assert.deepEqual(faultOf({ ...PROPER, id }), missing("id"));
});

test("an action is a short text", () => {
  for (const action of [undefined, null, 1, {}, ["sync"], "x".repeat(LIMITS.action + 1)]) {
    assert.deepEqual(faultOf({ ...PROPER, action }), missing("action"));
  }
  assert.equal(faultOf({ ...PROPER, action: "x".repeat(LIMITS.action) }), null);
});

test("params are an object", () => {
  for (const params of [undefined, null, 1, "x", [], [{}]]) assert.deepEqual(faultOf({ ...PROPER, params }), missing("params"));
});

test("params are nested so deep at most", () => {
  assert.equal(faultOf({ ...PROPER, params: { value: nested(LIMITS.depth - 1) } }), null);
  assert.deepEqual(faultOf({ ...PROPER, params: { first: 1, value: nested(LIMITS.depth) } }), { code: "detail_tooDeep", params: { limit: 32 } });
  assert.equal(faultOf({ ...PROPER, params: { value: [null, [], {}, "x"] } }), null);
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
    screenWindows: { most: 5, seconds: 60 },
    bodyWindow: 524_288,
    bodyPiece: 131_072,
  });
  const all = [cvmRequestShape, cvmProtocol, cvmProtocol.NOTES, LIMITS, LIMITS.pace, ...Object.values(LIMITS.pace)];
  assert.ok(all.every((part) => Object.isFrozen(part)));
});
