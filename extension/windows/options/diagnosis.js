// What the program's doctor finds, and a report of it to send to somebody who helps.
import { ask } from "../host.js";
import { text } from "../texts.js";
import { button, element, made, safely } from "./elements.js";

const WORDS = /** @type {Record<string, string>} */ ({
  ok: "optionsCheckOk",
  warning: "optionsCheckWarning",
  problem: "optionsCheckProblem",
  unknown: "optionsCheckUnknown",
});
const { version } = chrome.runtime.getManifest();

export function showDiagnosis() {
  element("diagnose").onclick = () => safely(() => run("diagnose", { extension: version }));
}

/**
 * @template {"diagnose" | "repair"} A
 * @param {A} action
 * @param {CvmWindowActions[A]["params"]} params
 */
async function run(action, params) {
  element("diagnosis-said").textContent = text("optionsDiagnosing");
  try {
    const { checks } = await ask(action, params);
    const shown = checks.map((/** @type {CheckResult} */ check) => cvmErrorText.translateCheck(check));
    element("checks").replaceChildren(...shown.map(entry));
    element("copy-report").hidden = false;
    element("copy-report").onclick = () => safely(() => copy(checks));
    element("diagnosis-said").textContent = text("optionsDiagnosed");
  } catch (error) {
    element("diagnosis-said").textContent = "";
    throw error;
  }
}

/** @param {CheckResult} check */
function entry(check) {
  const { title, status, found, cause, fix, command, repair, id } = check;
  const item = made("li", "", made("p", "status", `${text(WORDS[status] ?? WORDS.unknown)}: ${title}`), made("p", "", found));
  for (const more of [cause, fix]) if (more) item.append(made("p", "quiet", more));
  if (command) item.append(made("code", "", command));
  if (repair) item.append(button("optionsRepair", title, () => safely(() => run("repair", { id }))));
  return item;
}

/**
 * Names of accounts are in paths: whoever helps doesn't need them.
 * @param {CheckResult[]} checks
 */
async function copy(checks) {
  const lines = checks.flatMap(({ id, status, found, cause }) => [`${status} ${id}: ${found}`, ...(cause ? [`  ${cause}`] : [])]);
  const report = [`CernVM WebAPI ${version}`, navigator.userAgent, ...lines].join("\n");
  await navigator.clipboard.writeText(withoutSecrets(report));
  element("diagnosis-said").textContent = text("optionsCopied");
}

/** @param {string} report */
function withoutSecrets(report) {
  return report
    .replace(/(\/home\/|\/Users\/|\\Users\\)[^/\\\s]+/g, "$1…")
    .replace(/\b(https?:\/\/)[^/\s@]*@/g, "$1")
    .replace(/([?&][\w-]*=)[^&\s]+/g, "$1…");
}
