import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "../../../../extension/relay/frame.js";

const SITE = "https://science.example.org";
const { sameOriginUpToTop, whyNotHere } = cvmRelayParts;

/** A fake of a frame's window. @param {string} origin @param {any} [parent] @returns {any} */
function frame(origin, parent) {
  const made = { origin, isSecureContext: true, parent };
  if (!parent) made.parent = made;
  return made;
}

/** The window that the relay finds itself in. @param {any} window */
function inside(window) {
  Object.assign(globalThis, { window });
}

beforeEach(() => inside(frame(SITE)));

test("a secure page with an origin may", () => {
  assert.equal(whyNotHere(), "");
});

test("one without an origin, or that is not secure, may not", () => {
  inside(frame("null"));
  assert.equal(whyNotHere(), "opaqueOrigin");
  inside({ ...frame("http://science.example.org"), isSecureContext: false });
  assert.equal(whyNotHere(), "insecureOrigin");
});

test("a frame may whose pages around it are all of its origin", () => {
  assert.equal(sameOriginUpToTop(), true);
  inside(frame(SITE, frame(SITE, frame(SITE))));
  assert.equal(sameOriginUpToTop(), true);
});

test("one page of another origin is seen wherever it is", () => {
  inside(frame(SITE, frame("https://portal.example")));
  assert.equal(sameOriginUpToTop(), false);
  inside(frame(SITE, frame("https://portal.example", frame(SITE))));
  assert.equal(sameOriginUpToTop(), false);
  inside(frame(SITE, frame(SITE, frame("https://portal.example"))));
  assert.equal(sameOriginUpToTop(), false);
});

test("what can't be read is of another origin", () => {
  const closed = {
    get origin() {
      throw new Error("SecurityError");
    },
  };
  inside(frame(SITE, closed));
  assert.equal(sameOriginUpToTop(), false);
});
