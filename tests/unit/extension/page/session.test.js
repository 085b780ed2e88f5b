import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "../../../../extension/shared/protocol.js";
import { parts, reported } from "../fakes/page-scripts.js";
import { settled } from "../fakes/port.js";

const { CVMError, Session } = parts;
const NAMES = ["missing", "available", "poweroff", "saved", "paused", "running"];
const SNAPSHOT = {
  session: "s1", name: "analysis", state: 2, cpus: 2, memory: 1024, disk: 4096, apiPort: 80, apiURL: "http://127.0.0.1:1/", apiAvailable: false,
  rdpURL: "", ip: "10.0.2.15", executionCap: 80, version: "1.0", flavor: "prod", diskURL: "", diskChecksum: "", flags: 1, canOverride: [],
  properties: { a: "1" },
};

/** What was asked of the host, to be answered by the test. @type {{action: string, params: any, options: any, resolve: (result: any) => void, reject: (error: unknown) => void}[]} */
let calls;
/** @type {any} */
let session;
/** @type {any[]} */
let heard;

beforeEach(() => {
  calls = [];
  heard = [];
  reported.length = 0;
  const call = (/** @type {string} */ action, /** @type {any} */ params, /** @type {any} */ options) =>
    new Promise((resolve, reject) => calls.push({ action, params, options, resolve, reject }));
  session = new Session(call, /** @type {any} */ (SNAPSHOT));
  for (const name of ["stateChanged", "apiStateChanged", "failed", "completed", "progress"]) {
    session.addEventListener(name, (/** @type {any[]} */ ...args) => heard.push([name, ...args]));
  }
});

/** @param {string} [name] */
function refusal(name = "diskFull") {
  return new CVMError({ code: -6, name, message: "No room.", fix: "" });
}

test("its variables are those of the snapshot", () => {
  for (const name of [
    "name", "state", "ip", "cpus", "memory", "disk", "apiURL", "apiAvailable", "rdpURL", "executionCap", "version", "flavor", "diskURL", "diskChecksum",
  ]) {
    assert.equal(session[name], /** @type {any} */ (SNAPSHOT)[name], name);
  }
  assert.equal(session.flags.value, 1);
  for (const [state, name] of NAMES.entries()) {
    Session.refresh(session, { state });
    assert.equal(session.stateName, name);
  }
  Session.refresh(session, { state: 77 });
  assert.equal(session.stateName, "missing");
});

// Written down once more than in the protocol's table: a word changed there must not open an action to pages unnoticed.
const TASKS = ["start", "stop", "pause", "resume", "hibernate", "reset", "close", "sync", "openRDPWindow"];

test("pages may ask for these actions and for no others", () => {
  const others = ["fetch", "getSetting", "setSetting", "setProperty"];
  assert.deepEqual(cvmProtocol.ABOUT_SESSION.toSorted(), [...TASKS, ...others].toSorted());
  assert.deepEqual(cvmProtocol.OPENING.toSorted(), ["reopenSession", "requestSession"]);
  assert.deepEqual(cvmProtocol.NOTES.toSorted(), ["cancel", "fetchBody", "fetchMore", "pauseDownload"]);
});

test("each call asks for its action, and gives the session back with what the host says", async () => {
  for (const action of TASKS) {
    const done = session[action]();
    const { action: asked, params, resolve } = calls.pop() ?? {};
    assert.deepEqual([asked, params.session], [action, "s1"]);
    resolve?.({ session: "s1", memory: 2048 });
    assert.equal(await done, session);
    assert.equal(session.memory, 2048);
  }
});

test("start passes values on as texts", async () => {
  session.start({ user: 7, on: true });
  assert.deepEqual(calls[0].params, { session: "s1", values: { user: "7", on: "true" } });
  session.start();
  assert.deepEqual(calls[1].params.values, {});
  const { signal } = new AbortController();
  session.start({}, { signal });
  assert.equal(calls[2].options.signal, signal);
});

test("a failure rejects, and is heard of once", async () => {
  const [started, stopped] = [session.start(), session.stop()];
  calls[0].reject(refusal());
  await assert.rejects(started, { name: "diskFull" });
  assert.deepEqual(heard, [["failed", "No room."]]);
  Session.hear(session, "failed", ["No room."]);
  calls[1].reject(refusal());
  await assert.rejects(stopped);
  assert.deepEqual(heard, [["failed", "No room."], ["failed", "No room."]], "the host has said it already");
});

test("of a task that is given up on its way the host tells", async () => {
  const giving = new AbortController();
  const started = session.start({}, { signal: giving.signal });
  giving.abort();
  calls[0].reject(refusal("cancelled"));
  await assert.rejects(started);
  assert.deepEqual(heard, []);
  const never = session.start({}, { signal: giving.signal });
  calls[1].reject(refusal("cancelled"));
  await assert.rejects(never);
  assert.deepEqual(heard, [["failed", "No room."]], "of one that never began it knows nothing");
});

test("a change is told once, by event or by answer", () => {
  Session.hear(session, "stateChanged", [5]);
  Session.refresh(session, { state: 5 });
  Session.hear(session, "stateChanged", [5]);
  Session.hear(session, "apiStateChanged", [true, "http://127.0.0.1:2/"]);
  Session.refresh(session, { apiAvailable: true, apiURL: "http://127.0.0.1:2/" });
  Session.refresh(session, { apiAvailable: false, apiURL: "" });
  Session.refresh(session, { apiURL: "http://127.0.0.1:3/" });
  assert.deepEqual(heard, [
    ["stateChanged", 5], ["apiStateChanged", true, "http://127.0.0.1:2/"], ["apiStateChanged", false, ""],
  ]);
});

test("variables change quietly, other events are handed on", () => {
  Session.hear(session, "vars", [{ memory: 4096 }]);
  Session.hear(session, "progress", ["x", 0.5]);
  assert.equal(session.memory, 4096);
  assert.deepEqual(heard, [["progress", "x", 0.5]]);
});

test("an assignment shows at once, and what the host made of it afterwards", async () => {
  session.executionCap = 150;
  assert.equal(session.executionCap, 150);
  await settled();
  assert.deepEqual([calls[0].action, calls[0].params], ["setSetting", { session: "s1", name: "executionCap", value: 150 }]);
  calls[0].resolve({ value: 100 });
  await settled();
  assert.equal(session.executionCap, 100);
});

test("an assignment that is refused is taken back", async () => {
  session.flavor = "odd";
  await settled();
  calls[0].reject(refusal());
  await settled();
  assert.equal(session.flavor, "prod");
  assert.deepEqual(heard, [["failed", "No room."]]);
});

test("what is assigned last is what stays", async () => {
  session.version = "2";
  session.version = "3";
  await settled();
  assert.equal(calls.length, 1, "one after the other");
  calls[0].resolve({ value: "2" });
  await settled();
  assert.equal(session.version, "3");
  assert.equal(calls[1].params.value, "3");
  calls[1].resolve({ value: "3" });
  await settled();
  assert.equal(session.version, "3");
});

test("each setting can be assigned, and flags by name too", async () => {
  for (const [name, value] of [["version", "2"], ["flavor", "x"], ["diskURL", "https://a/"], ["diskChecksum", "ab"], ["flags", 9]]) {
    session[name] = value;
    await settled();
    const { params, resolve } = calls.pop() ?? { resolve: () => {} };
    assert.deepEqual([params.name, params.value], [name, value]);
    resolve({ value });
    await settled();
  }
  session.flags.headful = true;
  await settled();
  assert.deepEqual(calls.pop()?.params, { session: "s1", name: "flags", value: 9 | 16 });
});

test("settings are read and written in order, with callbacks of the old form", async () => {
  const written = session.setAsync("executionCap", 50, (/** @type {any} */ value) => heard.push(["written", value]));
  const read = session.getAsync("executionCap", (/** @type {any} */ value) => heard.push(["read", value]));
  await settled();
  assert.deepEqual(calls.map(({ action }) => action), ["setSetting"]);
  calls[0].resolve({});
  await settled();
  assert.deepEqual([calls[1].action, calls[1].params], ["getSetting", { session: "s1", name: "executionCap" }]);
  calls[1].resolve({ value: 50 });
  assert.deepEqual([await written, await read], [50, 50]);
  assert.deepEqual(heard, [["written", 50], ["read", 50]]);
});

test("a callback's fault is the page's own", async () => {
  const fault = new Error("theirs");
  const read = session.getAsync("flags", () => {
    throw fault;
  });
  await settled();
  calls[0].resolve({ value: 1 });
  assert.equal(await read, 1);
  assert.deepEqual(reported, [fault]);
});

test("properties are texts, those that nobody set are empty", async () => {
  assert.deepEqual(["a", "b", "constructor"].map((name) => session.getProperty(name)), ["1", "", ""]);
  const set = session.setProperty("b", 7);
  assert.equal(session.getProperty("b"), "7");
  await settled();
  assert.deepEqual([calls[0].action, calls[0].params], ["setProperty", { session: "s1", name: "b", value: "7" }]);
  calls[0].resolve({});
  assert.equal(await set, undefined);
});

test("an application is asked within this session, whatever the page says", async () => {
  session.fetch("/api", { session: "s2" });
  await settled();
  assert.deepEqual([calls[0].action, calls[0].params.session, calls[0].params.path], ["fetch", "s1", "/api"]);
});

test("progress is over when the call is answered", async () => {
  const steps = session.progress();
  const done = session.start();
  calls[0].resolve({ session: "s1" });
  await done;
  assert.equal((await steps.next()).done, true);
});

test("it waits for its application", async () => {
  const waiting = session.waitForAPI();
  Session.hear(session, "apiStateChanged", [true, "http://127.0.0.1:2/"]);
  assert.equal(await waiting, session);
});
