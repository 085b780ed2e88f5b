import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { parts } from "../fakes/page-scripts.js";
import { settled } from "../fakes/port.js";
import { FakeRelay } from "../fakes/relay.js";

const { Connection } = parts;

/** @type {any[]} */
let events;
/** @type {CvmConnection} */
let connection;
/** @type {FakeRelay} */
let relay;
beforeEach(() => {
  events = [];
  connection = new Connection((event) => events.push(event));
  relay = new FakeRelay();
});

/** @param {FakeRelay} [which] */
function offer(which = relay) {
  return connection.offer(/** @type {any} */ (which));
}

test("answers find their requests, in any order", async () => {
  await offer();
  const calls = [connection.call("sync", { session: "a" }), connection.call("sync", { session: "b" })];
  assert.deepEqual(relay.heard, [
    { id: 1, action: "sync", params: { session: "a" } }, { id: 2, action: "sync", params: { session: "b" } },
  ]);
  relay.say({ id: 2, result: "second" });
  relay.say({ id: 1, result: "first" });
  relay.say({ id: 3, result: "nobody's" });
  assert.deepEqual(await Promise.all(calls), ["first", "second"]);
});

test("an error is a real one", async () => {
  await offer();
  const call = connection.call("sync", {});
  relay.say({ id: 1, error: { code: -6, name: "diskFull", message: "No room.", fix: "Make some." } });
  await assert.rejects(call, { name: "diskFull", code: -6, fix: "Make some." });
});

test("without a relay the extension is gone", async () => {
  await assert.rejects(connection.call("sync", {}), { name: "extensionGone" });
});

test("events go to their request until it is answered, all others to the plugin", async () => {
  await offer();
  /** @type {any[]} */
  const own = [];
  const call = connection.call("start", {}, { onEvent: (event, args) => own.push([event, args]) });
  relay.say({ event: "progress", request: 1, args: ["x", 0.5] });
  relay.say({ event: "progress", request: 9, args: [] });
  relay.say({ event: "stateChanged", session: "s", args: [5] });
  relay.say({ id: 1, result: {} });
  await call;
  relay.say({ event: "progress", request: 1, args: [] });
  assert.deepEqual(own, [["progress", ["x", 0.5]]]);
  assert.deepEqual(events, [{ event: "stateChanged", session: "s", args: [5] }]);
});

test("notes are about their request", async () => {
  await offer();
  /** @type {SendNote | undefined} */
  let note;
  connection.call("fetch", {}, { onSent: (send) => (note = send) });
  note?.("fetchMore", { bytes: 5, request: 99 });
  assert.deepEqual(relay.heard[1], { id: 2, action: "fetchMore", params: { bytes: 5, request: 1 } });
});

test("a call that is given up is cancelled, once", async () => {
  await offer();
  const giving = new AbortController();
  const call = connection.call("start", {}, { signal: giving.signal });
  giving.abort();
  await assert.rejects(call, { name: "cancelled" });
  assert.deepEqual(relay.heard[1], { id: 2, action: "cancel", params: { request: 1 } });
  await assert.rejects(connection.call("start", {}, { signal: giving.signal }), { name: "cancelled" });
  assert.equal(relay.heard.length, 2);
  const late = new AbortController();
  const done = connection.call("start", {}, { signal: late.signal });
  relay.say({ id: relay.heard.at(-1).id, result: {} });
  await done;
  late.abort();
  assert.equal(relay.heard.length, 3, "what is done is not cancelled");
});

test("what can't be written, or is too long, is the page's fault", async () => {
  await offer();
  const circle = {};
  Object.assign(circle, { circle });
  for (const params of [circle, { big: 10n }, { long: "x".repeat(1024 * 1024) }]) {
    await assert.rejects(connection.call("start", params), { name: "badMessage" });
  }
  assert.deepEqual(relay.heard, []);
});

test("another relay counts once the first one is dead", async () => {
  await offer();
  const call = connection.call("start", {});
  const other = new FakeRelay();
  const offered = offer(other);
  const ping = relay.heard.at(-1);
  assert.equal(ping.action, "ping");
  relay.say({ id: ping.id, error: { code: -7, name: "extensionGone", message: "", fix: "" } });
  await offered;
  await assert.rejects(call, { name: "connectionLost" });
  assert.deepEqual(events.map(({ event }) => event), ["disconnected", "renewed"]);
  connection.call("sync", {});
  assert.equal(other.heard.length, 1);
});

test("while the first one lives, it stays", async () => {
  await offer();
  for (const answer of [{ result: {} }, { error: { code: -99, name: "badMessage", message: "", fix: "" } }]) {
    const other = new FakeRelay();
    const [offered, again] = [offer(other), offer(new FakeRelay())];
    relay.say({ id: relay.heard.at(-1).id, ...answer });
    await Promise.all([offered, again]);
    connection.call("sync", {});
    assert.deepEqual([other.heard, relay.heard.at(-1).action], [[], "sync"]);
  }
  assert.deepEqual(events, []);
});

test("what goes over the line is shown to whoever wants to see it", async () => {
  const shown = mock.method(parts.console, "debug", () => {});
  await offer();
  connection.call("sync", {});
  connection.debugLogging = true;
  connection.call("sync", { session: "s" });
  relay.say({ id: 2, result: {} });
  await settled();
  assert.equal(shown.mock.callCount(), 2);
  shown.mock.restore();
});
