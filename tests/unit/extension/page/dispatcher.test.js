import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parts, reported } from "../fakes/page-scripts.js";

const { callSafely, Dispatcher, quiet } = parts;

/** @type {CvmDispatcher} */
let source;
/** @type {any[]} */
let heard;
beforeEach(() => {
  source = new /** @type {any} */ (Dispatcher)();
  heard = [];
  reported.length = 0;
});

test("listeners of the old form get the arguments, in their order, with the source as `this`", () => {
  source.addEventListener("progress", function (/** @type {any[]} */ ...args) {
    // @ts-expect-error `this` is what a page sees
    heard.push([this, ...args]);
  });
  source.addEventListener("progress", () => heard.push("second"));
  Dispatcher.fire(source, "progress", ["x", 0.5]);
  Dispatcher.fire(source, "completed", []);
  assert.deepEqual(heard, [[source, "x", 0.5], "second"]);
});

test("events of the new form carry them in detail", () => {
  source.events.addEventListener("progress", (event) => heard.push(/** @type {CustomEvent} */ (event).detail));
  Dispatcher.fire(source, "progress", ["x", 0.5]);
  assert.deepEqual(heard, [["x", 0.5]]);
});

test("a listener is removed once for each time that it was added", () => {
  const listener = () => heard.push(1);
  source.addEventListener("failed", listener);
  source.addEventListener("failed", listener);
  source.removeEventListener("failed", listener);
  source.removeEventListener("failed", () => {});
  source.removeEventListener("other", listener);
  Dispatcher.fire(source, "failed", []);
  assert.deepEqual(heard, [1]);
});

test("what is no function is no listener", () => {
  source.addEventListener("failed", /** @type {any} */ ({ handleEvent() {} }));
  source.addEventListener("failed", /** @type {any} */ (undefined));
  Dispatcher.fire(source, "failed", []);
  assert.deepEqual(reported, []);
});

test("one listener's fault is reported, and keeps no other from hearing", () => {
  const fault = new Error("the page's own");
  source.addEventListener("failed", () => {
    throw fault;
  });
  source.addEventListener("failed", () => heard.push("still"));
  Dispatcher.fire(source, "failed", []);
  assert.deepEqual([heard, reported], [["still"], [fault]]);
});

test("a listener that removes itself takes nobody's turn", () => {
  const once = () => source.removeEventListener("failed", once);
  source.addEventListener("failed", once);
  source.addEventListener("failed", () => heard.push("second"));
  Dispatcher.fire(source, "failed", []);
  assert.deepEqual(heard, ["second"]);
});

test("progress ends when a call is over of which there were no events", async () => {
  const steps = source.progress();
  Dispatcher.fire(source, "progress", ["x", 0.5]);
  Dispatcher.over(source);
  assert.deepEqual([(await steps.next()).value, (await steps.next()).done], [{ message: "x", fraction: 0.5 }, true]);
});

test("a promise that nobody awaits does not complain, and whoever awaits it gets the error", async () => {
  const promise = quiet(Promise.reject(new Error("no")));
  await assert.rejects(promise, /no/);
  callSafely(() => heard.push("called"));
  assert.deepEqual(heard, ["called"]);
});
