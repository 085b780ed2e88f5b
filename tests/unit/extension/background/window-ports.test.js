import "../fakes/shared-scripts.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { NativePort } from "../../../../extension/background/native-port.js";
import { isOurs, WindowPorts } from "../../../../extension/background/window-ports.js";
import { BASE, fakeChrome, ID } from "../fakes/browser.js";
import { FakeHost } from "../fakes/host.js";
import { FakePort, settled } from "../fakes/port.js";

mock.timers.enable({ apis: ["setTimeout"] });

/** @type {FakeHost} */
let host;
/** @type {NativePort} */
let native;
/** @type {WindowPorts} */
let windows;

beforeEach(() => {
  host = new FakeHost();
  fakeChrome({ runtime: { connectNative: host.connect } });
  native = new NativePort();
  windows = new WindowPorts(native);
  native.onEvent = (event) => windows.deliver(event);
  native.onLost = () => windows.hostLost();
});

/** @param {object} [sender] */
function opened(sender = { id: ID, url: `${BASE}windows/machines/machines.html` }) {
  const port = new FakePort("window", sender);
  windows.add(/** @type {any} */ (port));
  return port;
}

/**
 * @param {FakePort} port
 * @param {string} action
 * @param {string} [id]
 */
async function ask(port, action, id = "w1") {
  port.say({ id, action, params: { session: "s1" } });
  await settled();
}

test("only our own windows are ours", () => {
  const senders = [
    { id: ID, url: `${BASE}windows/options/options.html` },
    { id: ID, url: `${BASE}background/main.js` },
    { id: ID, url: BASE },
    { id: ID, url: "https://science.example.org/windows/" },
    { id: ID, url: `https://science.example.org/?${BASE}windows/` },
    { id: "another-extension", url: `${BASE}windows/options/options.html` },
    { url: `${BASE}windows/options/options.html` },
    { id: ID },
    undefined,
  ];
  assert.deepEqual(senders.map((sender) => isOurs(/** @type {any} */ (sender))), [true, ...Array(8).fill(false)]);
});

test("a page is not lent the extension's name", async () => {
  const keep = mock.method(native, "keep");
  const port = opened({ id: ID, url: "https://science.example.org/", origin: "https://science.example.org" });
  assert.equal(port.connected, false);
  assert.equal(keep.mock.callCount(), 0);
  await ask(port, "listSessions");
  host.connect();
  windows.deliver({ event: "stateChanged", session: "s1", args: [5] });
  assert.deepEqual([host.received, port.posted], [[], []]);
});

test("a window's request goes to the host in the extension's name, and its answer back", async () => {
  const [port, other] = [opened(), opened()];
  await ask(port, "listSessions");
  const { id, action, params, caller } = host.last;
  assert.deepEqual([action, params, caller], ["listSessions", { session: "s1" }, { kind: "extension" }]);
  await host.answer(id, { sessions: [] });
  assert.deepEqual(port.posted, [{ id: "w1", result: { sessions: [] } }]);
  assert.deepEqual(other.posted, []);
});

test("what the background alone says is no window's to say", async () => {
  const said = mock.method(console, "error", () => {});
  const port = opened();
  for (const action of ["answerQuestion", "cancel"]) {
    await ask(port, action);
    assert.equal(port.taken()[0].error.name, "connectionLost");
  }
  assert.deepEqual(said.mock.calls.map(({ arguments: [error] }) => error.message), [
    "answerQuestion is not a window's to say", "cancel is not a window's to say",
  ]);
  assert.deepEqual(host.received, []);
  said.mock.restore();
});

test("hello is what the host has said already", async () => {
  const port = opened();
  await ask(port, "hello");
  assert.deepEqual(port.posted, [{ id: "w1", result: host.info }]);
  assert.equal(host.port?.posted.length, 1);
});

test("a refusal reaches the window", async () => {
  const port = opened();
  await ask(port, "listSessions");
  const error = { code: -6, name: "newerThanWe", message: "No room.", fix: "", params: {} };
  host.say({ id: host.last.id, error });
  await settled();
  assert.deepEqual(port.posted, [{ id: "w1", error }]);
});

test("all windows hear of all sessions", async () => {
  const [port, other] = [opened(), opened()];
  windows.deliver({ event: "stateChanged", session: "s1", args: [5] });
  assert.deepEqual([port.posted, other.posted], Array(2).fill([{ event: "stateChanged", session: "s1", args: [5] }]));
});

test("events of a request go to the window that asked, by its own id", async () => {
  const [port, other] = [opened(), opened()];
  await ask(port, "screenPicture");
  const request = host.last.id;
  host.say({ event: "chunk", request, args: ["AA=="] });
  host.say({ event: "chunk", request: "77", args: ["AA=="] });
  assert.deepEqual(port.taken(), [{ event: "chunk", request: "w1", args: ["AA=="] }]);
  await host.answer(request, {});
  port.taken();
  host.say({ event: "chunk", request, args: ["AA=="] });
  assert.deepEqual([port.posted, other.posted], [[], []], "what comes after the answer is nobody's");
});

test("events of a request that failed are nobody's either", async () => {
  const port = opened();
  await ask(port, "screenPicture");
  const request = host.last.id;
  host.say({ id: request, error: { code: -6, name: "newerThanWe", message: "", fix: "" } });
  await settled();
  port.taken();
  host.say({ event: "chunk", request, args: [] });
  assert.deepEqual(port.posted, []);
});

test("windows hear that the host was lost", async () => {
  const port = opened();
  await ask(port, "listSessions");
  await host.die();
  assert.deepEqual(port.posted[0], { event: "disconnected", args: [] });
  assert.equal(port.posted[1].error.name, "hostCrashed");
});

test("what a window that has closed asked for is done, and told to nobody", async () => {
  const port = opened();
  await ask(port, "pauseAll");
  port.leave();
  await host.answer(host.last.id, {});
  assert.deepEqual(port.posted, []);
  assert.doesNotThrow(() => windows.deliver({ event: "stateChanged", session: "s1", args: [5] }));
});

test("the host is kept while a window is open", () => {
  const keep = mock.method(native, "keep");
  const [one, two] = [opened(), opened()];
  one.leave();
  two.leave();
  assert.deepEqual(keep.mock.calls.map(({ arguments: args }) => args), [
    ["windows", true], ["windows", true], ["windows", true], ["windows", false],
  ]);
});
