// The window in which the user decides about a machine. It knows only what the background tells it, and says only yes
// or no; closing it is a no.
import { fillTexts, text } from "../texts.js";
import { describeRequest } from "./describe.js";

/** Milliseconds until "Allow" works: a click that was meant for something else must not count. */
const ARMED_AFTER = 500;

const yes = /** @type {HTMLButtonElement} */ (document.getElementById("yes"));
const no = /** @type {HTMLButtonElement} */ (document.getElementById("no"));
const port = chrome.runtime.connect({ name: "question" });

fillTexts(document);
document.title = text("confirmTitle");

// The question is moot, or this window is not the one that was asked for.
port.onDisconnect.addListener(() => window.close());
port.onMessage.addListener((details) => {
  describeRequest(details);
  no.focus();
  armWhenSeen();
});

no.addEventListener("click", () => port.postMessage({ yes: false }));
yes.addEventListener("click", () => {
  if (yes.getAttribute("aria-disabled") === "false") port.postMessage({ yes: true });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") port.postMessage({ yes: false });
});
document.addEventListener("visibilitychange", armWhenSeen);
window.addEventListener("focus", armWhenSeen);

/** @type {number | undefined} */
let arming;

/** Time counts from when the window came into view, each time anew. */
function armWhenSeen() {
  clearTimeout(arming);
  yes.setAttribute("aria-disabled", "true");
  if (document.visibilityState !== "visible") return;
  arming = setTimeout(() => yes.setAttribute("aria-disabled", "false"), ARMED_AFTER);
}
