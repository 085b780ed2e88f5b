import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "../../../../extension/shared/protocol.js";
import "../../../../extension/relay/frame.js";
import "../../../../extension/relay/activities.js";

/** @type {InstanceType<CvmRelayParts["Activities"]>} */
let activities;
let changes = 0;
beforeEach(() => {
  changes = 0;
  activities = new cvmRelayParts.Activities(() => changes++);
});

/** @param {string} id @param {string} [action] @param {string} [session] */
function send(id, action = "start", session = "s1") {
  activities.sent({ id, action, params: { session } });
}

/** @param {string} name */
function failure(name) {
  return { code: -6, name, message: "No.", fix: "" };
}

test("what takes a while is shown, the latest first", () => {
  for (const action of ["sync", "fetch", "getSetting", "cancel"]) send(action, action);
  assert.deepEqual([activities.shown, changes], [null, 0]);
  send("a");
  send("b", "requestSession");
  assert.equal(activities.shown?.id, "b");
  activities.received({ id: "b", result: {} });
  assert.equal(activities.shown?.id, "a");
  activities.received({ id: "a", result: {} });
  assert.deepEqual([activities.shown, activities.failure], [null, null]);
});

test("progress finds its request, by its id or by its session", () => {
  send("a");
  activities.received({ event: "progress", request: "a", args: ["half", 0.5] });
  assert.deepEqual([activities.shown?.words, activities.shown?.fraction], ["half", 0.5]);
  activities.received({ event: "progress", session: "s1", args: ["more", 0.75] });
  assert.equal(activities.shown?.fraction, 0.75);
  for (const about of [{ request: "b" }, { session: "s2" }, { session: "" }]) {
    activities.received({ event: "progress", ...about, args: ["other", 0.1] });
  }
  activities.received({ event: "stateChanged", session: "s1", args: [5] });
  assert.deepEqual([activities.shown?.words, activities.shown?.fraction], ["more", 0.75]);
});

test("a fraction is one, whatever is said", () => {
  send("a");
  for (const [said, shown] of [[7, 1], [-1, 0], ["x", 0], [undefined, 0]]) {
    activities.received({ event: "progress", request: "a", args: ["x", said] });
    assert.equal(activities.shown?.fraction, shown);
  }
  activities.received({ event: "started", request: "a", args: ["y".repeat(999)] });
  assert.equal(activities.shown?.words.length, 200);
});

test("the last failure is kept until it is dismissed, or something new begins", () => {
  for (const end of [() => activities.dismiss(), () => send("b")]) {
    send("a");
    activities.received({ id: "a", error: failure("diskFull") });
    assert.equal(activities.failure?.name, "diskFull");
    end();
    assert.equal(activities.failure, null);
  }
});

test("the visitor's own doing is no failure, nor is that of what is not shown", () => {
  for (const name of ["cancelled", "superseded", "refusedByUser", "throttled", "extensionGone", "sessionNotFound"]) {
    send("a");
    activities.received({ id: "a", error: failure(name) });
    assert.equal(activities.failure, null, name);
  }
  activities.received({ id: "fetch", error: failure("diskFull") });
  activities.received({ id: null, error: failure("diskFull") });
  assert.equal(activities.failure, null);
});

test("a download rests and goes on", () => {
  send("a");
  const { shown } = activities;
  assert.equal(shown?.paused, false);
  for (const paused of [true, false]) {
    activities.toggle(/** @type {CvmActivity} */ (shown));
    assert.equal(activities.shown?.paused, paused);
  }
});
