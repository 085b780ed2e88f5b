// The window in which the user decides about a machine. It knows only what the background tells it, and says only yes
// or no; closing it is a no.
import { fillTexts, text } from "../texts.js";
import { describeRequest } from "./describe.js";

/** Milliseconds until "Allow" works: a click that was meant for something else must not count. */
const ARMED_AFTER = 500;

const yes = /** @type {HTMLButtonElement} */ (document.getElementById("allow"));
const no = /** @type {HTMLButtonElement} */ (document.getElementById("deny"));
const question = new URLSearchParams(location.search).get("question");

/** @type {ReturnType<typeof setTimeout> | undefined} */
let arming;

fillTexts(document);
document.title = text("confirmTitle");

const details = await chrome.runtime.sendMessage({ type: "questionDetails", question });
if (details) {
  describeRequest(details);
  no.focus();
} else {
  // The question is moot, or this window is not the one that was asked for.
  window.close();
}

/** @param {boolean} decision */
async function decide(decision) {
  await chrome.runtime.sendMessage({ type: "answer", question, yes: decision });
  window.close();
}

no.addEventListener("click", (event) => {
  if (event.isTrusted) decide(false);
});
yes.addEventListener("click", (event) => {
  if (event.isTrusted && yes.getAttribute("aria-disabled") === "false") decide(true);
});
document.addEventListener("keydown", (event) => {
  if (event.isTrusted && event.key === "Escape") decide(false);
});
document.addEventListener("visibilitychange", armWhenSeen);
window.addEventListener("focus", armWhenSeen);


/** Time counts from when the window came into view, each time anew. */
function armWhenSeen() {
  clearTimeout(arming);
  yes.setAttribute("aria-disabled", "true");
  if (document.visibilityState !== "visible") return;
  arming = setTimeout(() => yes.setAttribute("aria-disabled", "false"), ARMED_AFTER);
}

armWhenSeen();
