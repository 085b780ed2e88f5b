// The window in which the user decides about a machine. It knows only what the background tells it; closing it
// is a no.
import { fit } from "../fit.js";
import { fillTexts, text } from "../texts.js";
import { lowered } from "./amounts.js";
import { describeRequest } from "./describe.js";

/** Milliseconds until the buttons work: a click or key that was meant for something else must not count. */
const ARMED_AFTER = 500;
/** Milliseconds to read that there is nothing left to decide. */
const GONE_SHOWN = 2500;

const no = element("deny");
/** What each button says; only the second half lets anything run. @type {[string, boolean, string][]} */
const BUTTONS = [["deny", false, ""], ["never", false, "never"], ["allow", true, "once"], ["always", true, "always"]];
const question = new URLSearchParams(location.search).get("question");

let armed = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let arming;

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
  no.focus({ preventScroll: true });
  armWhenSeen();
  document.addEventListener("visibilitychange", armWhenSeen);
  window.addEventListener("focus", armWhenSeen);
  for (const [id, yes, answer] of BUTTONS) element(id).addEventListener("click", (event) => decide(event, yes, answer));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") decide(event, false, "");
  });
}

/** Time counts from when the window came into view, each time anew. */
function armWhenSeen() {
  clearTimeout(arming);
  arm(false);
  if (document.visibilityState === "visible") arming = setTimeout(arm, ARMED_AFTER, true);
}

/** @param {boolean} on */
function arm(on) {
  armed = on;
  // Not `disabled`, which would take away the focus.
  for (const [id] of BUTTONS) element(id).setAttribute("aria-disabled", String(!on));
}

/**
 * @param {Event} event
 * @param {boolean} yes
 * @param {string} answer
 */
async function decide(event, yes, answer) {
  if (!event.isTrusted || !armed) return;
  arm(false);
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
