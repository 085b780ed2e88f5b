// What a task is doing, in the language of the fake browser, which shows the name of each text and its values.
import assert from "node:assert/strict";
import test from "node:test";

import "../fakes/shared-scripts.js";
import "../../../../extension/shared/phases.js";

const MB = 2 ** 20;
const DOWNLOAD = { phase: "downloadingImage", done: 6 * MB, total: 18 * MB, speed: 2.5 * MB };

test("a download says how much, how fast, and how long it will take", () => {
  const numbers = ["[cornerOf: 6 MB: 18 MB]", "2.5 MB/s", "[cornerLeft: 5 seconds]"];
  assert.deepEqual(cvmPhases.numbers(DOWNLOAD), numbers);
  assert.equal(cvmPhases.sentence(DOWNLOAD, "English"), `[phase_downloadingImage]: ${numbers.join(", ")}`);
  assert.equal(cvmPhases.title(DOWNLOAD, "English"), "[phase_downloadingImage]");
});

test("long waits are told in minutes", () => {
  assert.match(cvmPhases.numbers({ ...DOWNLOAD, speed: MB / 10 })[2] ?? "", /2 minutes/);
});

test("what is not known of a download is left out", () => {
  assert.deepEqual(cvmPhases.numbers({ phase: "downloadingImage", done: MB, total: 0, speed: 0 }), ["1 MB"]);
  assert.deepEqual(cvmPhases.numbers({ phase: "downloadingImage", done: 0, total: MB, speed: 0 }), ["[cornerOf: 0 MB: 1 MB]"]);
});

test("the words of an installer of the system stay as they are", () => {
  assert.equal(cvmPhases.sentence({ phase: "installingVirtualbox", words: "Unpacking it" }, ""), "[phase_installingVirtualbox]: Unpacking it");
});

test("only a phase with an amount is a download, which can be paused", () => {
  assert.equal(cvmPhases.isDownload(DOWNLOAD), true);
  assert.equal(cvmPhases.isDownload({ phase: "downloadingImage", done: 0 }), true);
  for (const other of [null, undefined, { phase: "creatingMachine" }]) assert.equal(cvmPhases.isDownload(other), false);
});

test("of a phase that is not known here the program's own words are shown", (context) => {
  const { chrome } = /** @type {any} */ (globalThis);
  context.mock.method(chrome.i18n, "getMessage", () => "");
  assert.equal(cvmPhases.sentence({ phase: "notYetInvented", done: 1 }, "Inventing: 1"), "Inventing: 1");
  assert.equal(cvmPhases.title({ phase: "notYetInvented" }, "Inventing"), "Inventing");
  assert.equal(cvmPhases.sentence(undefined, "Working"), "Working");
});
