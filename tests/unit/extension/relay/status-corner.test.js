import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import "../fakes/shared-scripts.js";
import "../../../../extension/shared/phases.js";
import "../../../../extension/relay/frame.js";
import "../../../../extension/relay/activities.js";
import "../../../../extension/relay/status-corner.js";
import { fakeArea, fakeChrome } from "../fakes/browser.js";
import { FakeElement, fakePage } from "../fakes/page.js";
import { settled } from "../fakes/port.js";

mock.timers.enable({ apis: ["setTimeout", "Date"] });

/** An element that can be put into a page, and have a shadow tree. */
class PageElement extends FakeElement {
  style = {};
  isConnected = false;

  /** @param {string} name */
  removeAttribute(name) {
    this.attributes.delete(name);
  }

  attachShadow() {
    return new FakeElement();
  }

  remove() {
    this.isConnected = false;
  }
}

/** All that was made. @type {PageElement[]} */
let made;
/** @type {unknown[]} */
let cancelled;
/** @type {unknown[]} */
let paused;
/** @type {InstanceType<CvmRelayParts["StatusCorner"]>} */
let corner;

const { document, window } = fakePage();
window.top = window;
document.querySelector = () => null;
document.documentElement = { append: (/** @type {PageElement} */ element) => (element.isConnected = true) };
document.createElement = (/** @type {string} */ tag) => {
  made.push(new PageElement(tag));
  return made.at(-1);
};

beforeEach(async () => {
  fakeChrome();
  [made, cancelled, paused] = [[], [], []];
  corner = new cvmRelayParts.StatusCorner((id) => cancelled.push(id), (id, on) => paused.push([id, on]));
  await settled();
});

/** What takes so long that the corner tells of it. */
function working() {
  corner.sent({ id: "a", action: "start", params: { session: "s1" } });
  corner.received({ event: "progress", request: "a", args: ["", 0.5, { code: "phase_downloadingImage", params: {} }] });
  mock.timers.tick(400);
}

/** The buttons, in the order of the page. */
function buttons() {
  return made.filter(({ tagName }) => tagName === "button");
}

/** Whether the visitor sees it. */
function shown() {
  return made.some(({ tagName, isConnected }) => tagName === "cernvm-webapi-status" && isConnected);
}

test("only what the visitor presses counts", () => {
  working();
  assert.equal(shown(), true);
  const [cancel, pause] = buttons();
  for (const button of [cancel, pause]) button.happens("click", { isTrusted: false });
  assert.deepEqual([cancelled, paused], [[], []]);
  pause.happens("click");
  cancel.happens("click");
  assert.deepEqual([cancelled, paused], [["a"], [["a", true]]]);
});

test("a failure stays until the visitor has closed it", () => {
  working();
  corner.received({ id: "a", error: { code: -6, name: "internal", message: "No.", fix: "" } });
  assert.equal(shown(), true);
  const [close] = buttons();
  close.happens("click", { isTrusted: false });
  assert.equal(shown(), true);
  close.happens("click");
  assert.deepEqual([shown(), cancelled], [false, []]);
});

test("what is over soon is not told at all", () => {
  corner.sent({ id: "a", action: "start", params: { session: "s1" } });
  mock.timers.tick(399);
  corner.received({ id: "a", result: {} });
  mock.timers.tick(1000);
  assert.equal(shown(), false);
});

test("it can be turned off at once, and on again", async () => {
  working();
  const { storage } = /** @type {any} */ (globalThis).chrome;
  storage.onChanged.fire({ status_corner: { newValue: false } });
  assert.equal(shown(), false);
  storage.onChanged.fire({ other: { newValue: true } });
  assert.equal(shown(), false);
  storage.onChanged.fire({ status_corner: { newValue: true } });
  assert.equal(shown(), true);
});

test("a visitor who has turned it off sees nothing", async () => {
  fakeChrome({ storage: { local: fakeArea({ status_corner: false }) } });
  corner = new cvmRelayParts.StatusCorner(() => {}, () => {});
  await settled();
  working();
  assert.equal(shown(), false);
});
