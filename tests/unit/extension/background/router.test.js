import "../fakes/shared-scripts.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { NativePort } from "../../../../extension/background/native-port.js";
import { Router } from "../../../../extension/background/router.js";
import { fakeChrome } from "../fakes/browser.js";
import { FakeHost } from "../fakes/host.js";
import { FakePort, settled } from "../fakes/port.js";

const PAGE = "https://science.example.org";
const { LIMITS } = cvmProtocol;

/** What the administrator's policy says. @type {Record<string, unknown>} */
let policy;
/** @type {FakeHost} */
let host;
/** @type {NativePort} */
let native;
/** @type {Router} */
let router;
/** Sessions whose screens were shown. @type {string[]} */
let screens;
/** Milliseconds. */
let now = 0;

mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
mock.method(performance, "now", () => now);

beforeEach(() => {
  policy = {};
  host = new FakeHost();
  screens = [];
  fakeChrome({ runtime: { connectNative: host.connect }, storage: { managed: { get: async () => policy } } });
  native = new NativePort();
  router = new Router(native, /** @type {any} */ ({ show: async (/** @type {string} */ session) => void screens.push(session) }));
  native.onEvent = (event) => router.deliver(event);
  native.onLost = () => router.hostLost();
});

/**
 * A frame of a page, connected.
 * @param {string} [origin]
 * @param {object} [sender]
 * @param {string} [name]
 */
function frame(origin = PAGE, sender = {}, name = "page") {
  const port = new FakePort(name, { origin, url: `${origin}/lab`, frameId: 0, tab: { id: 7, url: `${origin}/lab` }, ...sender });
  router.addPage(/** @type {any} */ (port));
  return port;
}

/**
 * @param {FakePort} port
 * @param {string} action
 * @param {Record<string, unknown>} [params]
 * @param {string | number} [id]
 */
async function ask(port, action, params = {}, id = 1) {
  port.say({ id, action, params });
  await settled();
  return port.posted.findLast((message) => message.id === id);
}

/**
 * The name of the error that the page is told.
 * @param {FakePort} port
 * @param {string} action
 * @param {Record<string, unknown>} [params]
 * @param {string | number} [id]
 */
async function refusal(port, action, params, id) {
  return (await ask(port, action, params, id))?.error?.name;
}

/**
 * A frame with an open session.
 * @param {string} session
 * @param {string} [origin]
 */
async function withSession(session, origin) {
  const port = frame(origin);
  await ask(port, "requestSession", { url: "https://science.example.org/vmcp" }, "open");
  await host.answer(host.last.id, { session, state: 2 });
  port.taken();
  return port;
}

test("a request goes to the host with who asks, and the answer to the frame that asked", async () => {
  const [port, other] = [frame(), frame()];
  await ask(port, "requestSession", { url: "https://science.example.org/vmcp" }, 9);
  assert.deepEqual(host.last, {
    id: host.last.id,
    action: "requestSession",
    params: { url: "https://science.example.org/vmcp" },
    caller: { kind: "page", origin: PAGE, tab: 7 },
  });
  await host.answer(host.last.id, { session: "s1", state: 2 });
  assert.deepEqual(port.posted, [{ id: 9, result: { session: "s1", state: 2 } }]);
  assert.deepEqual(other.posted, []);
});

test("a page does not say who it is", async () => {
  const port = frame();
  const caller = { kind: "extension" };
  port.say({ id: 1, action: "requestSession", params: { url: "x", caller }, caller, origin: "https://bank.example", kind: "extension" });
  await settled();
  assert.deepEqual(host.last.caller, { kind: "page", origin: PAGE, tab: 7 });
  assert.deepEqual(Object.keys(host.last).sort(), ["action", "caller", "id", "params"]);
  await host.answer(host.last.id, { session: "s1" });
  port.say({ id: 2, action: "stop", params: { session: "s1" }, caller });
  port.say({ id: 3, action: "cancel", params: { request: 2 }, caller });
  await settled();
  assert.deepEqual(host.received.slice(1).map((it) => [it.action, it.caller.kind]), [["stop", "page"], ["cancel", "page"]]);
});

test("what only the extension may ask is refused to pages and never sent", async () => {
  const port = await withSession("s1");
  const sent = host.received.length;
  const theirs = [
    "enumSessions", "controlSession", "stopService", "answerQuestion", "hello", "listSessions", "pauseAll", "listSites", "setSite", "removeSite", "getSettings", "setSettings", "cacheInfo", "clearCache",
    "trustInfo", "diagnose", "repair", "screenPicture", "screenKeys", "screenRemote",
  ];
  for (const action of theirs) {
    assert.equal(await refusal(port, action, { session: "s1", question: "q1", yes: true }, action), "notAllowed", action);
  }
  for (const action of ["toString", "constructor", ""]) {
    assert.equal(await refusal(port, action, { session: "s1" }, `its ${action}`), "unknownAction", action);
  }
  assert.equal(host.received.length, sent);
});

test("an unknown action is named in the refusal", async () => {
  assert.deepEqual((await ask(frame(), "fly")).error.params, { action: "fly" });
});

test("every action about a session needs one that this very frame has opened", async () => {
  const mine = await withSession("s1");
  const other = frame();
  const actions = [
    "start", "stop", "pause", "resume", "hibernate", "reset", "close", "sync", "getSetting", "setSetting", "setProperty", "fetch",
  ];
  for (const action of actions) {
    assert.equal(await refusal(other, action, { session: "s1" }, action), "sessionNotFound", action);
    await ask(mine, action, { session: "s1" }, action);
    assert.equal(host.last.action, action);
  }
  assert.equal(await refusal(mine, "start", {}, "none"), "sessionNotFound");
  assert.equal(await refusal(mine, "start", { session: "s2" }, "another"), "sessionNotFound");
});

test("opening again makes a session the frame's", async () => {
  const port = frame();
  await ask(port, "reopenSession", { session: "s3" });
  await host.answer(host.last.id, { session: "s3" });
  await ask(port, "sync", { session: "s3" }, 2);
  assert.equal(host.last.action, "sync");
});

test("the window with the screen is opened for the frame's own sessions, without the host", async () => {
  const port = await withSession("s1");
  const sent = host.received.length;
  assert.deepEqual(await ask(port, "openRDPWindow", { session: "s1" }), { id: 1, result: {} });
  assert.equal(await refusal(port, "openRDPWindow", { session: "s2" }, 2), "sessionNotFound");
  assert.deepEqual(screens, ["s1"]);
  assert.equal(host.received.length, sent);
});

test("connect tells of the host and of the extension, and opens nothing", async () => {
  assert.deepEqual(await ask(frame(), "connect"), {
    id: 1,
    result: { version: "3.0.0", protocol: 1, capabilities: ["vmcp"], extension: "3.1.4" },
  });
  assert.deepEqual(host.received, []);
});

test("origins that are not secure, or that nobody has, are refused before anything else", async () => {
  for (const action of ["connect", "requestSession", "cancel", "enumSessions"]) {
    assert.equal(await refusal(frame("http://science.example.org"), action), "insecureOrigin");
    assert.equal(await refusal(frame("null"), action), "opaqueOrigin");
  }
  assert.equal(host.port, null, "the host is not even started");
});

test("what is no request is answered with its fault, by its id if it has one", async () => {
  const port = frame();
  for (const message of [null, "text", [], 7, undefined]) port.say(message);
  port.say({ id: 5, params: {} });
  await settled();
  assert.deepEqual(port.posted.map(({ id, error }) => [id, error.name]), [
    [null, "badMessage"], [null, "badMessage"], [null, "badMessage"], [null, "badMessage"], [null, "badMessage"], [5, "badMessage"],
  ]);
  assert.deepEqual(port.posted.at(-1).error.params, { detail: { code: "detail_missing", params: { names: "action" } } });
});

test("the administrator's rules about sites bind before the host is asked", async () => {
  policy = { blocked_sites: ["*.example.org"] };
  assert.equal(await refusal(frame(), "requestSession", { url: "x" }), "siteBlocked");
  assert.equal(await refusal(frame(), "reopenSession", { session: "x" }), "siteBlocked");
  policy = { allowed_sites: ["other.example"] };
  assert.equal(await refusal(frame(), "requestSession", { url: "x" }), "siteNotAllowed");
  assert.deepEqual(host.received, []);
});

test("a frame of another website is refused unless the administrator names it", async () => {
  const foreign = () => frame(PAGE, { frameId: 3, tab: { id: 7, url: "https://portal.example/" } });
  assert.equal(await refusal(foreign(), "connect"), "foreignFrame");
  assert.equal(await refusal(foreign(), "requestSession", { url: "x" }), "foreignFrame");
  assert.equal(await refusal(foreign(), "reopenSession", { session: "s" }), "foreignFrame");
  assert.equal(await refusal(frame(PAGE, {}, "page in a foreign frame"), "connect"), "foreignFrame");
  assert.deepEqual(host.received, []);
  policy = { allowed_frame_origins: [PAGE] };
  const named = foreign();
  await ask(named, "requestSession", { url: "x" });
  assert.deepEqual(host.last.caller, { kind: "page", origin: PAGE, tab: 7, foreignFrame: true });
});

test("an id that is in use is refused, at the policy's and at the host's", async () => {
  const port = frame();
  port.say({ id: 1, action: "requestSession", params: {} });
  port.say({ id: 1, action: "requestSession", params: {} });
  await settled();
  assert.deepEqual(port.taken().map(({ error }) => error.params), [{ detail: { code: "detail_idInUse" } }]);
  assert.equal(await refusal(port, "reopenSession", {}, 1), "badMessage");
  assert.equal(host.received.length, 1);
  await host.answer(host.last.id, { session: "s1" });
  port.say({ id: 1, action: "sync", params: { session: "s1" } });
  await settled();
  assert.equal(host.last.action, "sync", "free again once it is answered");
});

test("a note reaches the frame's own request, with the host's id", async () => {
  const port = await withSession("s1");
  await ask(port, "start", { session: "s1" }, "begun");
  const { id } = host.last;
  for (const action of ["cancel", "pauseDownload", "fetchMore", "fetchBody"]) {
    port.say({ id: `note ${action}`, action, params: { request: "begun", on: true } });
    await settled();
    assert.deepEqual([host.last.action, host.last.params], [action, { request: id, on: true }]);
  }
});

test("no frame reaches a request of another frame", async () => {
  const [mine, other] = [await withSession("s1"), await withSession("s1")];
  await ask(mine, "start", { session: "s1" }, "begun");
  const { id } = host.last;
  const sent = host.received.length;
  for (const request of ["begun", id, Number(id)]) {
    assert.deepEqual(await ask(other, "cancel", { request }, `about ${request}`), { id: `about ${request}`, result: {} });
  }
  assert.equal(host.received.length, sent, "the host hears nothing of it");
  await host.answer(id, { session: "s1", state: 5 });
  assert.deepEqual(mine.posted, [{ id: "begun", result: { session: "s1", state: 5 } }]);
});

test("a request that has ended needs no note", async () => {
  const port = await withSession("s1");
  await ask(port, "start", { session: "s1" }, "begun");
  await host.answer(host.last.id, {});
  const sent = host.received.length;
  assert.deepEqual(await ask(port, "cancel", { request: "begun" }, "late"), { id: "late", result: {} });
  assert.equal(host.received.length, sent);
});

test("a request that is cancelled while the policy is read never reaches the host", async () => {
  const port = frame();
  port.say({ id: 1, action: "requestSession", params: {} });
  port.say({ id: 2, action: "cancel", params: { request: 1 } });
  await settled();
  assert.deepEqual(port.posted.map(({ id, error }) => [id, error?.name]), [[2, undefined], [1, "cancelled"]]);
  assert.deepEqual(host.received, []);
});

test("another note about it leaves it alone", async () => {
  const port = frame();
  port.say({ id: 1, action: "requestSession", params: {} });
  port.say({ id: 2, action: "pauseDownload", params: { request: 1, on: true } });
  await settled();
  assert.equal(host.received.length, 1);
});

test("a page that leaves while the policy is read asks for nothing", async () => {
  const port = frame();
  port.say({ id: 1, action: "requestSession", params: {} });
  port.leave();
  await settled();
  assert.deepEqual(host.received, []);
});

test("what a page leaves behind is cancelled, in its name", async () => {
  const port = await withSession("s1");
  await ask(port, "start", { session: "s1" });
  const { id } = host.last;
  port.leave();
  await settled();
  assert.deepEqual([host.last.action, host.last.params], ["cancel", { request: id }]);
  assert.deepEqual(host.last.caller, { kind: "page", origin: PAGE, tab: 7 });
});

test("a frame's requests are counted, those to applications apart", async () => {
  const port = await withSession("s1");
  for (let n = 0; n < LIMITS.inFlight; n++) port.say({ id: n, action: "sync", params: { session: "s1" } });
  await settled();
  assert.deepEqual((await ask(port, "sync", { session: "s1" }, "more")).error.params, { limit: LIMITS.inFlight });
  for (let n = 0; n < LIMITS.fetches; n++) port.say({ id: `f${n}`, action: "fetch", params: { session: "s1" } });
  await settled();
  assert.deepEqual((await ask(port, "fetch", { session: "s1" }, "more fetches")).error.params, { limit: LIMITS.fetches });
  assert.equal(host.received.length, 1 + LIMITS.inFlight + LIMITS.fetches);
  await host.answer(host.received[1].id, {});
  assert.equal(await refusal(port, "sync", { session: "s1" }, "again"), undefined);
  await host.answer(host.received[1 + LIMITS.inFlight].id, {});
  assert.equal(await refusal(port, "fetch", { session: "s1" }, "fetch again"), undefined);
});

test("requests that wait for the policy count too", async () => {
  const port = frame();
  for (let n = 0; n <= LIMITS.inFlight; n++) port.say({ id: n, action: "requestSession", params: {} });
  await settled();
  assert.equal(port.posted.filter(({ error }) => error.name === "tooManyRequests").length, 1);
  assert.equal(host.received.length, LIMITS.inFlight);
});

test("the frames of an origin share one sum, others are free", async () => {
  const frames = [await withSession("s1"), await withSession("s1"), await withSession("s1")];
  for (const port of frames.slice(0, 2)) {
    for (let n = 0; n < LIMITS.inFlight; n++) port.say({ id: n, action: "sync", params: { session: "s1" } });
  }
  await settled();
  const { limit } = (await ask(frames[2], "sync", { session: "s1" }, "more")).error.params;
  assert.equal(limit, LIMITS.inFlightOfOrigin);
  const stranger = await withSession("s2", "https://other.example");
  assert.equal(await refusal(stranger, "sync", { session: "s2" }), undefined);
  for (let n = 0; n < LIMITS.fetches; n++) frames[n % 2].say({ id: `f${n}`, action: "fetch", params: { session: "s1" } });
  await settled();
  assert.equal(await refusal(frames[2], "fetch", { session: "s1" }, "a fetch"), "tooManyRequests");
});

test("an origin that asks too fast is slowed down, notes and others are not", async () => {
  const port = frame("https://fast.example");
  for (let n = 0; n < LIMITS.pace.origin.burst; n++) port.say({ id: n, action: "fly", params: {} });
  await settled();
  port.taken();
  assert.equal(await refusal(port, "fly", {}, "late"), "rateLimited");
  assert.equal(await refusal(port, "connect", {}, "late too"), "rateLimited");
  assert.equal(await refusal(port, "cancel", { request: 1 }, "note"), undefined);
  assert.equal(await refusal(frame(), "connect"), undefined);
  now += 1000;
  assert.equal(await refusal(port, "connect", {}, "rested"), undefined);
});

test("events of a request go to the frame that asked, by its own id", async () => {
  const [port, other] = [await withSession("s1"), await withSession("s1")];
  await ask(port, "start", { session: "s1" }, "begun");
  host.say({ event: "progress", request: host.last.id, args: ["x", 0.5] });
  host.say({ event: "progress", request: "99", args: ["x", 0.5] });
  assert.deepEqual(port.posted, [{ event: "progress", request: "begun", args: ["x", 0.5] }]);
  assert.deepEqual(other.posted, []);
});

test("events of a session go to the frames that have opened it", async () => {
  const [port, again, other] = [await withSession("s1"), await withSession("s1"), await withSession("s2")];
  host.say({ event: "stateChanged", session: "s1", args: [5] });
  assert.deepEqual([port, again].map((it) => it.taken()), Array(2).fill([{ event: "stateChanged", session: "s1", args: [5] }]));
  assert.deepEqual(other.posted, []);
});

test("a host that is lost takes its sessions along", async () => {
  const port = await withSession("s1");
  await ask(port, "start", { session: "s1" }, "begun");
  await host.die();
  const [gone, failed] = port.taken();
  assert.deepEqual(gone, { event: "disconnected", args: [] });
  assert.deepEqual([failed.id, failed.error.name], ["begun", "hostCrashed"]);
  assert.equal(await refusal(port, "sync", { session: "s1" }), "sessionNotFound");
});

test("a refusal of the host reaches the page, a fault of our own does not show its insides", async () => {
  const port = await withSession("s1");
  await ask(port, "start", { session: "s1" });
  const error = { code: -6, name: "newerThanWe", message: "No room.", fix: "Make some.", params: {} };
  host.say({ id: host.last.id, error });
  await settled();
  assert.deepEqual(port.taken(), [{ id: 1, error }]);
  const said = mock.method(console, "error", () => {});
  native.request = () => {
    throw new TypeError("inside");
  };
  assert.equal(await refusal(port, "start", { session: "s1" }, 2), "connectionLost");
  assert.equal(said.mock.callCount(), 1);
  said.mock.restore();
});

test("an answer without a result is an empty one", async () => {
  const port = await withSession("s1");
  await ask(port, "setProperty", { session: "s1" });
  await host.answer(host.last.id, undefined);
  assert.deepEqual(port.posted, [{ id: 1, result: {} }]);
});

test("the host is kept while a page is there", () => {
  const keep = mock.method(native, "keep");
  const [one, two] = [frame(), frame()];
  one.leave();
  two.leave();
  assert.deepEqual(keep.mock.calls.map(({ arguments: args }) => args), [
    ["pages", true], ["pages", true], ["pages", true], ["pages", false],
  ]);
});
