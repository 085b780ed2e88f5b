import "../fakes/browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { PagePort } from "../../../../extension/background/page-ports.js";
import { FakePort } from "../fakes/port.js";

const PAGE = "https://science.example.org";

/**
 * @param {object} [sender]
 * @param {string} [name]
 */
function connected(sender = { origin: PAGE, frameId: 0, tab: { id: 7, url: `${PAGE}/` } }, name = "page") {
  const port = new FakePort(name, sender);
  /** @type {any[]} */
  const heard = [];
  /** @type {any[]} */
  const gone = [];
  const page = new PagePort(/** @type {any} */ (port), (...args) => heard.push(args), (...args) => gone.push(args));
  return { port, page, heard, gone };
}

test("who asks is what the browser says", () => {
  const { page } = connected();
  assert.deepEqual(page.caller, { kind: "page", origin: PAGE, tab: 7 });
  assert.deepEqual([page.origin, page.fault, page.foreign], [PAGE, "", false]);
  assert.equal("foreignFrame" in page.caller, false);
});

test("the host is told of a frame in a foreign page", () => {
  const { page } = connected(undefined, "page in a foreign frame");
  assert.deepEqual(page.caller, { kind: "page", origin: PAGE, tab: 7, foreignFrame: true });
  assert.equal(page.foreign, true);
});

test("a page outside of all tabs has none", () => {
  assert.deepEqual(connected({ origin: PAGE, frameId: 0 }).page.caller, { kind: "page", origin: PAGE, tab: -1 });
  const unknown = new PagePort(/** @type {any} */ (new FakePort("page")), () => {}, () => {});
  assert.deepEqual([unknown.caller, unknown.fault], [{ kind: "page", origin: "null", tab: -1 }, "opaqueOrigin"]);
});

test("a fault of its origin is kept with it", () => {
  assert.equal(connected({ origin: "http://science.example.org", frameId: 0 }).page.fault, "insecureOrigin");
});

test("it begins with nothing of its own", () => {
  const { page } = connected();
  for (const part of [page.sessions, page.requests, page.opening, page.fetches]) assert.equal(part.size, 0);
});

test("messages and the end are told with the page that they are of", () => {
  const { port, page, heard, gone } = connected();
  port.say({ id: 1 });
  assert.deepEqual(heard, [[page, { id: 1 }]]);
  assert.deepEqual(gone, []);
  port.leave();
  assert.deepEqual(gone, [[page]]);
});

test("an answer for a frame that has gone is no error", () => {
  const { port, page } = connected();
  page.post({ id: 1, result: {} });
  assert.deepEqual(port.posted, [{ id: 1, result: {} }]);
  port.leave();
  assert.doesNotThrow(() => page.post({ id: 2, result: {} }));
  assert.equal(port.posted.length, 1);
});
