// Texts whose values are texts again: steps, states, reasons.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { fakeArea, fakeChrome } from "../fakes/browser.js";
import { settled } from "../fakes/port.js";
import "../../../../extension/shared/text-parameters.js";
import "../../../../extension/shared/translation.js";

/** What the script has listened to since it was loaded. @type {any} */
const { onChanged } = chrome.storage;

/** The user has chosen a language with these texts. @param {Record<string, { message: string }>} texts */
async function choose(texts) {
  fakeChrome({ storage: { local: fakeArea({ language: "de", translation: texts }), onChanged } });
  onChanged.fire({ translation: {} }, "local");
  await settled();
}

beforeEach(() => choose({}));

test("a text within a text is said in the same language", () => {
  const step = { code: "step_startMachine", params: {}, text: "start the virtual machine" };
  const reason = { code: "detail_numberRange", params: { low: 1, high: 9 }, text: "English" };
  const detail = { code: "detail_about", params: { name: "cpus", reason }, text: "English" };
  assert.equal(
    cvmTranslation("error_hypervisorFailed", { step, detail }),
    "[error_hypervisorFailed: [step_startMachine]: [detail_about: cpus: [detail_numberRange: 1: 9]]]",
  );
});

test("of one that is not known here the program's English is told, and words of others stay", async () => {
  await choose({ error_hypervisorFailed: { message: "Bei $1: $2" } });
  /** @type {any} */ (globalThis).chrome.i18n.getMessage = () => "";
  const step = { code: "step_notYetInvented", params: {}, text: "invent it" };
  assert.equal(cvmTranslation("error_hypervisorFailed", { step, detail: "VERR_X" }), "Bei invent it: VERR_X");
  assert.equal(cvmTranslation("error_hypervisorFailed", { step: { code: "step_notYetInvented" }, detail: "x" }), "Bei : x");
});

test("a sentence at the end of a sentence has one full stop", async () => {
  await choose({ error_hypervisorBroken: { message: "Kaputt: $1." }, detail_noReason: { message: "ohne Grund." } });
  for (const [detail, said] of /** @type {const} */ ([
    ["It is gone.", "Kaputt: It is gone."], [{ code: "detail_noReason" }, "Kaputt: ohne Grund."],
    ["in ../x", "Kaputt: in ../x."], ["wait...", "Kaputt: wait...."],
  ])) assert.equal(cvmTranslation("error_hypervisorBroken", { detail }), said);
});
