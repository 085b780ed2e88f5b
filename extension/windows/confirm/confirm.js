// The window in which the user decides about a machine. It knows only what the background tells it; closing it
// is a no.
import { armed } from "../armed.js";
import { fit } from "../fit.js";
import { fillTexts, text } from "../texts.js";
import { lowered } from "./amounts.js";
import { describeRequest } from "./describe.js";

/** Milliseconds to read that there is nothing left to decide. */
const GONE_SHOWN = 2500;

const NO = { yes: false, answer: "" };
/** What each button says; only the second half lets anything run. @type {[string, typeof NO][]} */
const BUTTONS = [
  ["deny", NO],
  ["never", { yes: false, answer: "never" }],
  ["allow", { yes: true, answer: "once" }],
  ["always", { yes: true, answer: "always" }],
];
const question = new URLSearchParams(location.search).get("question");

fillTexts(document);
document.title = text("confirmTitle");

const details = await chrome.runtime.sendMessage({ type: "questionDetails", question }).catch(() => null);
if (details) {
  show();
} else {
  // The question is moot, or this window is not the one that was asked for.
  element("gone").hidden = false;
  setTimeout(() => window.close(), GONE_SHOWN);
}

function show() {
  describeRequest(details);
  element("request").hidden = false;
  element("decision").hidden = false;
  fit().catch(() => {});
  // Without scrolling: at 200 % zoom the buttons come after what they decide about.
  element("deny").focus({ preventScroll: true });
  armed(new Map(BUTTONS.map(([id, answer]) => [element(id), answer])), NO, decide);
}

/** @param {typeof NO} answer */
async function decide({ yes, answer }) {
  try {
    await chrome.runtime.sendMessage({ type: "answer", question, yes, answer, resources: yes ? lowered() : {} });
  } finally {
    window.close();
  }
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
