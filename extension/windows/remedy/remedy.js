// The window that says what stands in a request's way, and what to do. The host looks again by itself meanwhile: when it is
// put right, the question is withdrawn, this window closes, and the website goes on.
import { armed } from "../armed.js";
import { fillTexts, text } from "../texts.js";

/** Milliseconds to read that there is nothing left to do. */
const GONE_SHOWN = 2500;

const question = new URLSearchParams(location.search).get("question");

fillTexts(document);
document.title = text("remedyTitle");

/** @type {RemedyDetails | null} */
const details = await chrome.runtime.sendMessage({ type: "questionDetails", question }).catch(() => null);
if (details) {
  show(details);
} else {
  // The question is moot, or this window is not the one that was asked for.
  element("gone").hidden = false;
  setTimeout(() => window.close(), GONE_SHOWN);
}

/** @param {RemedyDetails} wanted */
function show({ domain, error }) {
  const found = error.diagnosis && cvmErrorText.translateCheck(error.diagnosis);
  const { message, fix } = cvmErrorText.translateError(error);
  element("needs").textContent = text("remedyFor", { domain });
  element("what").textContent = found?.found || message;
  element("cause").textContent = found?.cause ?? "";
  element("fix").textContent = found?.fix || fix;
  element("command").textContent = found?.command ?? "";
  element("command-line").hidden = !found?.command;
  element("request").hidden = false;
  element("decision").hidden = false;
  element("deny").focus({ preventScroll: true });
  armed(new Map([[element("deny"), false], [element("allow"), true]]), false, decide);
}

/** @param {boolean} yes */
async function decide(yes) {
  try {
    await chrome.runtime.sendMessage({ type: "answer", question, yes });
  } finally {
    window.close();
  }
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
