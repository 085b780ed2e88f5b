import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { parts, reported } from "../fakes/page-scripts.js";
import { settled } from "../fakes/port.js";
import { FakeRelay } from "../fakes/relay.js";

const { Plugin } = parts;

/** @param {string} name @returns {() => never} */
function refused(name) {
  return () => {
    throw { code: -10, name, message: `It is ${name}.`, fix: "" };
  };
}

/** @param {string} session @param {object} [more] */
function snapshot(session, more = {}) {
  return { session, name: session, state: 2, apiAvailable: false, apiURL: "", ip: "", flags: 0, properties: {}, ...more };
}

/** @type {FakeRelay} */
let relay;
/** @type {any} */
let plugin;
/** @type {any[]} */
let heard;

beforeEach(() => {
  relay = new FakeRelay();
  relay.answers.connect = () => ({ version: "3.0.0", capabilities: ["vmcp"] });
  relay.answers.requestSession = ({ url }) => snapshot(url.split("=")[1] ?? "s1");
  plugin = new Plugin();
  heard = [];
  reported.length = 0;
  Plugin.connectionOf(plugin).offer(/** @type {any} */ (relay));
  for (const name of ["connected", "disconnected", "failed", "progress"]) {
    plugin.addEventListener(name, (/** @type {any[]} */ ...args) => heard.push([name, ...args]));
  }
});

test("connecting tells of the host, once for all that ask meanwhile", async () => {
  const [one, two] = await Promise.all([Plugin.connect(plugin), Plugin.connect(plugin)]);
  assert.equal(one, two);
  assert.deepEqual(relay.actions, ["connect"]);
  assert.deepEqual([plugin.version, plugin.capabilities], ["3.0.0", ["vmcp"]]);
  plugin.capabilities.push("more");
  assert.deepEqual(plugin.capabilities, ["vmcp"]);
  assert.deepEqual(heard, [["connected", "3.0.0"]]);
});

test("an attempt that failed is followed by another", async () => {
  relay.answers.connect = refused("hostMissing");
  await assert.rejects(Plugin.connect(plugin), { name: "hostMissing" });
  relay.answers.connect = () => ({ version: "3.0.0", capabilities: [] });
  assert.equal(await Plugin.connect(plugin), plugin);
});

test("a session is asked for by an absolute address", async () => {
  const session = await plugin.requestSession("vmcp?id=7");
  assert.deepEqual(relay.heard.at(-1).params, { url: "https://science.example.org/lab/vmcp?id=7" });
  assert.equal(session.name, "7");
});

test("what is no address is a fault of the page", async () => {
  await assert.rejects(plugin.requestSession("http://["), { name: "vmcpAddress" });
  assert.equal(heard.filter(([name]) => name === "failed").length, 1);
});

test("callbacks of the old form hear of it, and their faults are the page's", async () => {
  const fault = new Error("theirs");
  await plugin.requestSession("vmcp?id=7", (/** @type {any} */ { name }) => {
    heard.push(["session", name]);
    throw fault;
  });
  relay.answers.requestSession = refused("refusedByUser");
  await assert.rejects(plugin.requestSession("vmcp", undefined, (/** @type {any[]} */ ...said) => heard.push(said)));
  await settled();
  const [connected, opened, failed, [message, code, { name }]] = heard;
  assert.deepEqual([connected[0], opened, failed], ["connected", ["session", "7"], ["failed", "It is refusedByUser."]]);
  assert.deepEqual([message, code, name], ["It is refusedByUser.", -10, "refusedByUser"]);
  assert.deepEqual(reported, [fault]);
});

test("the events of a request are the plugin's, and a failure is heard of once", async () => {
  delete relay.answers.requestSession;
  const requested = plugin.requestSession("vmcp");
  await settled();
  const { id } = relay.heard.at(-1);
  relay.say({ event: "progress", request: id, args: ["x", 0.5] });
  relay.say({ event: "failed", request: id, args: ["No."] });
  relay.say({ id, error: { code: -10, name: "refusedByUser", message: "No.", fix: "" } });
  await assert.rejects(requested);
  assert.deepEqual(heard.slice(1), [["progress", "x", 0.5], ["failed", "No."]]);
});

test("a request may be given up, in both forms", async () => {
  delete relay.answers.requestSession;
  const giving = new AbortController();
  const requests = [
    plugin.requestSession("vmcp", { signal: giving.signal }),
    plugin.requestSession("vmcp", undefined, undefined, { signal: giving.signal }),
  ];
  await settled();
  giving.abort();
  for (const request of requests) await assert.rejects(request, { name: "cancelled" });
  assert.deepEqual(relay.actions.slice(-2), ["cancel", "cancel"]);
});

test("the same session twice is the same object", async () => {
  const one = await plugin.requestSession("vmcp?id=7");
  relay.answers.requestSession = () => snapshot("7", { state: 5 });
  assert.equal(await plugin.requestSession("vmcp?id=7"), one);
  assert.equal(one.state, 5);
});

test("events of a session reach it alone", async () => {
  const [one, other] = [await plugin.requestSession("vmcp?id=1"), await plugin.requestSession("vmcp?id=2")];
  relay.say({ event: "stateChanged", session: "1", args: [5] });
  relay.say({ event: "stateChanged", session: "9", args: [5] });
  assert.deepEqual([one.state, other.state], [5, 2]);
});

test("what only windows of the extension may is asked for all the same, and the refusal told", async () => {
  for (const action of ["enumSessions", "controlSession", "stopService"]) relay.answers[action] = refused("notAllowed");
  await assert.rejects(plugin.enumSessions(() => heard.push("never")), { name: "notAllowed" });
  await assert.rejects(plugin.controlSession("s1", "stop"), { name: "notAllowed" });
  await assert.rejects(plugin.stopService(), { name: "notAllowed" });
  assert.deepEqual(relay.heard.slice(-2).map(({ params }) => params), [{ session: "s1", action: "stop" }, {}]);
  assert.equal(heard.includes("never"), false);
});

test("the state of every session is asked for once more; one that can't be asked keeps what is known", async () => {
  const [one, other] = [await plugin.requestSession("vmcp?id=1"), await plugin.requestSession("vmcp?id=2")];
  relay.answers.sync = ({ session }) => (session === "1" ? snapshot("1", { state: 4 }) : refused("hostCrashed")());
  await plugin.syncSessions();
  assert.deepEqual([one.state, other.state], [4, 2]);
});

/** The host is gone. */
async function lost() {
  relay.say({ event: "disconnected", args: [] });
  await settled();
}

/** @param {number} seconds */
async function pass(seconds) {
  mock.timers.tick(seconds * 1000);
  await settled();
}

test("a plugin with sessions comes back by itself, and opens them again", async () => {
  const session = await plugin.requestSession("vmcp?id=1");
  relay.answers.reopenSession = () => snapshot("1", { state: 5 });
  await lost();
  assert.deepEqual(heard.at(-1), ["disconnected"]);
  await pass(0.2);
  assert.deepEqual(relay.actions.slice(-2), ["connect", "reopenSession"]);
  assert.deepEqual(heard.at(-1), ["connected", "3.0.0"]);
  assert.equal(session.state, 5);
});

test("it tries again, ever more rarely", async () => {
  await plugin.requestSession("vmcp?id=1");
  relay.answers.connect = refused("hostMissing");
  const attempts = () => relay.actions.filter((action) => action === "connect").length;
  await lost();
  for (const [seconds, expected] of [[0.2, 2], [1, 3], [3, 4], [10, 5], [30, 6], [30, 7]]) {
    await pass(seconds - 0.001);
    assert.equal(attempts(), expected - 1);
    await pass(0.001);
    assert.equal(attempts(), expected);
  }
});

test("one without sessions waits to be asked, and a loss is told once", async () => {
  await Plugin.connect(plugin);
  await lost();
  await lost();
  await pass(60);
  assert.deepEqual(heard, [["connected", "3.0.0"], ["disconnected"]]);
  assert.deepEqual(relay.actions, ["connect"]);
  await Plugin.connect(plugin);
  assert.deepEqual(relay.actions, ["connect", "connect"]);
});

test("a session that was closed meanwhile is gone", async () => {
  const session = await plugin.requestSession("vmcp?id=1");
  relay.answers.reopenSession = refused("sessionNotFound");
  await lost();
  await pass(0.2);
  assert.equal(session.stateName, "missing");
});

test("one that can't be opened again is tried once more when it is used", async () => {
  const session = await plugin.requestSession("vmcp?id=1");
  relay.answers.reopenSession = refused("policyBroken");
  await lost();
  await pass(0.2);
  assert.equal(session.state, 2, "what is known stays");
  await assert.rejects(session.sync(), { name: "policyBroken" });
  relay.answers.reopenSession = () => snapshot("1", { state: 3 });
  relay.answers.sync = () => snapshot("1", { state: 3 });
  await session.sync();
  assert.deepEqual(relay.actions.slice(-2), ["reopenSession", "sync"]);
  await session.sync();
  assert.equal(relay.actions.at(-2), "sync", "and then it is open");
});

test("an update of the extension brings it back too", async () => {
  await plugin.requestSession("vmcp?id=1");
  relay.answers.reopenSession = () => snapshot("1");
  relay.say({ event: "disconnected", args: [] });
  relay.say({ event: "renewed", args: [] });
  await pass(0.2);
  assert.deepEqual(relay.actions.slice(-2), ["connect", "reopenSession"]);
});
