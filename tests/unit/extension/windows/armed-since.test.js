import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ArmedSince } from "../../../../extension/windows/armed-since.js";

const SEEN = { visible: true, focused: true, place: "20 30" };
const PRESS = { isTrusted: true };

/** Milliseconds. */
let now = 0;
/** @type {ArmedSince} */
let since;

beforeEach(() => {
  now = 7000;
  since = new ArmedSince(() => now);
});

/** @param {Partial<typeof SEEN>} [how] */
function see(how = {}) {
  since.see({ ...SEEN, ...how });
}

/** Seen for so long that presses count. */
function armed() {
  see();
  now += 500;
  see();
  assert.equal(since.armed, true);
}

test("a window that nobody has looked at is not armed", () => {
  now += 10_000;
  assert.equal(since.armed, false);
  assert.equal(since.counts(PRESS), false);
});

test("presses count half a second after it came into view, not before", () => {
  see();
  assert.equal(since.counts(PRESS), false);
  now += 499;
  see();
  assert.equal(since.counts(PRESS), false);
  now += 1;
  assert.equal(since.counts(PRESS), true);
  now += 60_000;
  assert.equal(since.counts(PRESS), true);
});

test("what a script presses never counts", () => {
  armed();
  assert.equal(since.counts({ isTrusted: false }), false);
  assert.equal(since.counts(PRESS), true);
});

for (const [what, how] of Object.entries({ hidden: { visible: false }, "without the focus": { focused: false } })) {
  test(`a window ${what} is not armed, and time counts anew afterwards`, () => {
    armed();
    see(how);
    assert.equal(since.armed, false);
    now += 10_000;
    see(how);
    assert.equal(since.armed, false);
    see();
    now += 499;
    assert.equal(since.armed, false);
    now += 1;
    assert.equal(since.armed, true);
  });
}

test("a window that was moved counts anew", () => {
  armed();
  see({ place: "21 30" });
  assert.equal(since.counts(PRESS), false);
  now += 499;
  see({ place: "21 30" });
  assert.equal(since.counts(PRESS), false);
  now += 1;
  assert.equal(since.counts(PRESS), true);
  see();
  assert.equal(since.counts(PRESS), false, "and back again");
});

test("a window that was moved while it was hidden counts from when it is seen", () => {
  armed();
  see({ visible: false, place: "21 30" });
  now += 600;
  see({ place: "21 30" });
  assert.equal(since.armed, false);
});

test("what happens to it in between is told, and counts anew from the next look", () => {
  armed();
  since.renew();
  assert.equal(since.armed, false);
  now += 10_000;
  assert.equal(since.armed, false);
  see();
  now += 500;
  assert.equal(since.armed, true);
});
