import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { renewRelays } from "../../../../extension/background/successors.js";
import { fakeArea, fakeChrome } from "../fakes/browser.js";

const CONTENT = [
  { world: "MAIN", js: ["page/api.js"] },
  { js: ["shared/pace.js", "relay/relay.js"] },
];

/** @type {any[]} */
let injected;
/** @type {any[]} */
let asked;

beforeEach(() => {
  injected = [];
  asked = [];
});

/** @param {object} [runtime] */
function chromium(runtime = {}) {
  fakeChrome({
    runtime: { getManifest: () => ({ content_scripts: CONTENT }), ...runtime },
    storage: { session: fakeArea() },
    tabs: { query: async (/** @type {any} */ query) => (asked.push(query), [{ id: 4 }, {}, { id: 6 }]) },
    scripting: {
      executeScript: async (/** @type {any} */ what) => {
        injected.push(what);
        if (what.target.tabId === 4) throw new Error("Cannot access contents of the page");
      },
    },
  });
}

test("pages get another relay, the relay alone, though some can't be reached", async () => {
  chromium();
  await renewRelays();
  assert.deepEqual(asked, [{ url: ["http://*/*", "https://*/*"], discarded: false }]);
  assert.deepEqual(injected.map(({ target }) => target), [4, -1, 6].map((tabId) => ({ tabId, allFrames: true })));
  for (const { files, injectImmediately } of injected) assert.deepEqual([files, injectImmediately], [CONTENT[1].js, true]);
});

test("once for each time that the extension is loaded", async () => {
  chromium();
  await renewRelays();
  await renewRelays();
  assert.equal(injected.length, 3);
});

test("Firefox does it by itself", async () => {
  chromium({ getURL: (/** @type {string} */ path) => `moz-extension://x/${path}` });
  await renewRelays();
  assert.deepEqual(injected, []);
});
