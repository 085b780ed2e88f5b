import "../fakes/shared-scripts.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Paces } from "../../../../extension/background/paces.js";

const { origin: ALL, openings: OPENINGS } = cvmProtocol.LIMITS.pace;
const PAGE = "https://science.example.org";

/** Milliseconds. */
let now = 0;
mock.method(performance, "now", () => now);

/** @type {Paces} */
let paces;
beforeEach(() => {
  paces = new Paces();
});

/**
 * How many pass before one is refused, and with what.
 * @param {string} action
 * @param {string} [origin]
 */
function passing(action, origin = PAGE) {
  for (let passed = 0; passed < 10_000; passed++) {
    try {
      paces.check(origin, action);
    } catch (error) {
      const { name, params } = /** @type {any} */ (error).data;
      return { passed, name, params };
    }
  }
  return null;
}

test("so many requests at once, then so many a second", () => {
  assert.deepEqual(passing("sync"), { passed: ALL.burst, name: "rateLimited", params: { limit: ALL.perSecond } });
  now += 1000;
  assert.equal(passing("sync")?.passed, ALL.perSecond);
});

test("sessions are opened slower than all else", () => {
  for (const action of ["requestSession", "reopenSession"]) {
    const origin = `https://${action.toLowerCase()}.example`;
    const refused = { passed: OPENINGS.burst, name: "rateLimited", params: { limit: OPENINGS.perSecond } };
    assert.deepEqual(passing(action, origin), refused);
    assert.doesNotThrow(() => paces.check(origin, "sync"));
    now += 1000;
    assert.equal(passing(action, origin)?.passed, OPENINGS.perSecond);
  }
});

test("both ways to open a session share one pace", () => {
  for (let n = 0; n < OPENINGS.burst / 2; n++) {
    paces.check(PAGE, "requestSession");
    paces.check(PAGE, "reopenSession");
  }
  assert.equal(passing("requestSession")?.passed, 0);
});

test("origins do not slow each other down", () => {
  passing("sync");
  assert.doesNotThrow(() => paces.check("https://other.example", "sync"));
});

test("an origin that asks while another appears is not forgotten", () => {
  assert.equal(passing("requestSession")?.passed, OPENINGS.burst);
  // All requests are there again by then, openings are not.
  now += 1000 * Math.ceil(OPENINGS.burst / ALL.perSecond + 1);
  const left = passing("requestSession", PAGE)?.passed ?? 0;
  paces.check("https://other.example", "sync");
  now += 1;
  assert.ok(left < OPENINGS.burst && passing("requestSession")?.passed === 0);
});

test("an origin that has rested is forgotten when another one appears", () => {
  const made = mock.method(globalThis, "CvmPace", class extends CvmPace {});
  paces.check(PAGE, "requestSession");
  now += 1000;
  paces.check("https://other.example", "sync");
  paces.check(PAGE, "sync");
  assert.equal(made.mock.callCount(), 6, "two for each, and for the first one anew");
  made.mock.restore();
});

test("requests that were many are remembered too, though no session was opened", () => {
  passing("sync");
  paces.check("https://other.example", "sync");
  assert.equal(passing("sync")?.passed, 0);
});
