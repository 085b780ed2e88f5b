import assert from "node:assert/strict";
import { test } from "node:test";
import { askerOf, isPage } from "../../../../extension/background/origins.js";

const SITE = "https://science.example.org";

/**
 * @param {object | undefined} sender
 * @param {string} [name]
 */
function asker(sender, name = "page") {
  return askerOf(/** @type {any} */ ({ name, sender }));
}

/** @param {string} origin of a page in a tab of its own */
function faultOf(origin) {
  return asker({ origin, frameId: 0, tab: { url: `${origin}/` } }).fault;
}

test("relays connect under two names, and nothing else is a page's", () => {
  assert.deepEqual(["page", "page in a foreign frame", "window", "", "pages"].map(isPage), [true, true, false, false, false]);
});

test("https is secure", () => {
  assert.deepEqual(asker({ origin: SITE, frameId: 0, tab: { url: `${SITE}/lab` } }), { origin: SITE, foreign: false, fault: "" });
  assert.equal(faultOf("https://science.example.org:8443"), "");
});

test("http is secure from this computer alone", () => {
  const local = [
    "http://localhost", "http://localhost:8080", "http://app.localhost", "http://127.0.0.1:5000", "http://127.1.2.3", "http://127.10.200.30", "http://[::1]:80",
  ];
  for (const origin of local) assert.equal(faultOf(origin), "", origin);
  const far = [
    "http://science.example.org", "http://localhost.example.org", "http://notlocalhost", "http://.localhost", "http://126.0.0.1",
    "http://1270.0.0.1.example.org", "http://127.0.0.1.example.org", "http://x127.0.0.1.example.org", "http://[::2]", "http://[1::1]",
    "http://10.0.0.1", "http://science.localhost.example.org",
  ];
  for (const origin of far) assert.equal(faultOf(origin), "insecureOrigin", origin);
});

test("no other scheme is secure, from wherever", () => {
  const others = ["ftp://science.example.org", "ws://localhost", "file://", "chrome-extension://abcdef", "httpsx://science.example.org"];
  for (const origin of others) assert.equal(faultOf(origin), "insecureOrigin", origin);
});

test("an origin that names nobody is no origin", () => {
  assert.deepEqual(asker({ origin: "null", frameId: 0, tab: { url: "data:text/html,x" } }), {
    origin: "null",
    foreign: false,
    fault: "opaqueOrigin",
  });
  assert.deepEqual(asker({ frameId: 0 }), { origin: "null", foreign: false, fault: "opaqueOrigin" });
  assert.equal(asker({ url: "not an address", frameId: 0 }).fault, "opaqueOrigin");
  assert.equal(asker(undefined).fault, "opaqueOrigin");
});

test("a browser that names no origin has an address to take it from", () => {
  assert.equal(asker({ url: `${SITE}/lab?x`, frameId: 0 }).origin, SITE);
  assert.equal(asker({ origin: SITE, url: "https://other.example/", frameId: 0 }).origin, SITE, "an origin that it names counts");
});

test("the outermost page is nobody's frame, whatever its tab shows by now", () => {
  assert.equal(asker({ origin: SITE, frameId: 0, tab: { url: "https://other.example/" } }).foreign, false);
  assert.equal(asker({ origin: SITE, frameId: 0 }).foreign, false);
});

test("a frame below a page of another origin is foreign", () => {
  assert.equal(asker({ origin: SITE, frameId: 4, tab: { url: `${SITE}/around` } }).foreign, false);
  assert.equal(asker({ origin: SITE, frameId: 4, tab: { url: "https://portal.example/" } }).foreign, true);
  assert.equal(asker({ origin: SITE, frameId: 4, tab: { url: "http://science.example.org/" } }).foreign, true);
  assert.equal(asker({ origin: SITE, frameId: 4, tab: {} }).foreign, true, "nobody knows what is around it");
  assert.equal(asker({ origin: SITE, frameId: 4 }).foreign, true);
});

test("a relay that sees a foreign page in between is believed", () => {
  const sender = { origin: SITE, frameId: 4, tab: { url: `${SITE}/around` } };
  assert.equal(asker(sender, "page in a foreign frame").foreign, true);
});
