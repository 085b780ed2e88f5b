// The window in which the user decides whether VirtualBox is installed. The host looks by itself meanwhile: when
// VirtualBox has come, by whatever way, the question is withdrawn and this window closes.
import { armed } from "../armed.js";
import { fillTexts, megabytes, text } from "../texts.js";

/** Milliseconds to read that there is nothing left to decide. */
const GONE_SHOWN = 2500;
/** The only address that is ever linked. */
const DOWNLOADS = "https://www.virtualbox.org/wiki/Downloads";

const question = new URLSearchParams(location.search).get("question");

fillTexts(document);
document.title = text("installTitle");

/** @type {InstallDetails | null} */
const details = await chrome.runtime.sendMessage({ type: "questionDetails", question }).catch(() => null);
if (details) {
  show(details);
} else {
  // The question is moot, or this window is not the one that was asked for.
  element("gone").hidden = false;
  setTimeout(() => window.close(), GONE_SHOWN);
}

/** @param {InstallDetails} wanted */
function show(wanted) {
  const { way, reason, domain, version, fault } = wanted;
  element("needs").textContent = text("installNeeds", { domain });
  element("what").textContent = text(`installReason_${reason}`, { version });
  element("will").hidden = way === "manual";
  element("self-title").textContent = text(way === "manual" ? "installOnlyYourself" : "installYourself");
  element("steps").replaceChildren(...steps(wanted).map(item));
  element("by-hand").textContent = text(way === "package" ? "installByCommand" : "installByDownload");
  element("command-line").hidden = way !== "package";
  element("command").textContent = way === "package" ? wanted.manual : "";
  const link = /** @type {HTMLAnchorElement} */ (element("downloads"));
  link.href = DOWNLOADS;
  link.textContent = DOWNLOADS;
  element("fault").hidden = !fault;
  element("fault").textContent = fault ? cvmErrorText.translateError(fault).message : "";
  element("allow").textContent = text(way === "manual" ? "installLookAgain" : "installYes");
  element("request").hidden = false;
  element("decision").hidden = false;
  element("deny").focus({ preventScroll: true });
  armed(new Map([[element("deny"), false], [element("allow"), true]]), false, decide);
}

/** @param {InstallDetails} wanted */
function steps(wanted) {
  const { way, newVersion = "", host = "", size = 0, manager = "" } = wanted;
  const password = text("installStepPassword");
  if (way === "package") return [text("installStepPackage", { manager, version: newVersion }), password];
  const download = { version: newVersion, host, size: megabytes(size) };
  return [text("installStepDownload", download), text("installStepVerify"), password];
}

/** @param {boolean} yes */
async function decide(yes) {
  try {
    await chrome.runtime.sendMessage({ type: "answer", question, yes });
  } finally {
    window.close();
  }
}

/** @param {string} content */
function item(content) {
  const made = document.createElement("li");
  made.textContent = content;
  return made;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
