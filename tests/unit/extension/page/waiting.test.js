import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { parts } from "../fakes/page-scripts.js";
import { settled } from "../fakes/port.js";

const { Dispatcher, progressOf, waitForAPI } = parts;

/** @type {any} */
let session;
beforeEach(() => {
  session = Object.assign(new /** @type {any} */ (Dispatcher)(), { apiAvailable: false });
});

/** @param {boolean} available */
function tell(available) {
  session.apiAvailable = available;
  Dispatcher.fire(session, "apiStateChanged", [available, ""]);
}

test("an application that answers already is not waited for", async () => {
  session.apiAvailable = true;
  assert.equal(await waitForAPI(session), session);
});

test("it is waited for until it answers", async () => {
  const waiting = waitForAPI(session);
  tell(false);
  tell(true);
  assert.equal(await waiting, session);
});

test("a page that has waited long enough is told so", async () => {
  for (const [timeout, milliseconds] of /** @type {[number | undefined, number][]} */ ([[1500, 1500], [undefined, 300_000]])) {
    let over = false;
    const waiting = waitForAPI(session, { timeout }).finally(() => (over = true));
    waiting.catch(() => {});
    mock.timers.tick(milliseconds - 1);
    await settled();
    assert.equal(over, false);
    mock.timers.tick(1);
    await assert.rejects(waiting, { name: "apiTimeout", params: { seconds: milliseconds / 1000 } });
  }
});

test("a page may give up, before and meanwhile", async () => {
  await assert.rejects(waitForAPI(session, { signal: AbortSignal.abort() }), { name: "cancelled" });
  const giving = new AbortController();
  const waiting = waitForAPI(session, { signal: giving.signal });
  giving.abort();
  await assert.rejects(waiting, { name: "cancelled" });
});

test("nothing listens any more afterwards", async () => {
  const removed = mock.method(session, "removeEventListener");
  const giving = new AbortController();
  const waiting = waitForAPI(session, { signal: giving.signal });
  tell(true);
  await waiting;
  assert.equal(removed.mock.callCount(), 1);
});

/** @param {AsyncGenerator<any>} steps */
async function all(steps) {
  const found = [];
  for await (const step of steps) found.push(step);
  return found;
}

for (const end of ["completed", "failed"]) {
  test(`progress is told until the task has ${end}`, async () => {
    const steps = progressOf(session, new Set());
    Dispatcher.fire(session, "progress", ["begun", 0]);
    const found = all(steps);
    await Promise.resolve();
    Dispatcher.fire(session, "progress", ["half", 0.5]);
    Dispatcher.fire(session, end, []);
    Dispatcher.fire(session, "progress", ["of another task", 0.1]);
    assert.deepEqual(await found, [{ message: "begun", fraction: 0 }, { message: "half", fraction: 0.5 }]);
  });
}

test("whoever stops listening is forgotten", async () => {
  /** @type {Set<() => void>} */
  const ends = new Set();
  const steps = progressOf(session, ends);
  assert.equal(ends.size, 1);
  Dispatcher.fire(session, "progress", ["begun", 0]);
  await steps.next();
  await steps.return(undefined);
  assert.equal(ends.size, 0);
});
