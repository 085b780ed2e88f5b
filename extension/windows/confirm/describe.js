// Fills the confirmation window: who asks, what the machine gets, what it will not get.
import { megabytes, text } from "../texts.js";
import { amounts, fixed } from "./amounts.js";

/** VMCP, table of flags: clipboard, and drag and drop. */
const GRAPHICAL = 32;
/** Stands for the domain until the sentence is taken apart; no translation holds it. */
const DOMAIN = "\u{e000}";
const TRUSTED = new Set(["listed", "published", "policy"]);

/** @param {ConfirmDetails} details of the host; everything in them but the origin and trust is the website's word */
export function describeRequest(details) {
  const { domain, trust, flags } = details;
  element("asks").replaceChildren(...sentence(details.reason === "more" ? "confirmAsksMore" : "confirmAsks", domain));

  const known = TRUSTED.has(trust);
  const why = details.approved ? text("trust_policy") : text(known ? `trust_${trust}` : "trust_unknown");
  element("trust").textContent = details.stale ? `${why}. ${text("trustStale")}` : why;
  element("trust").classList.toggle("unknown", !known || Boolean(details.stale));

  element("gets").replaceChildren(
    fixed(text("confirmMachine"), details.name),
    ...amounts(details),
    fixed(text("confirmDownload"), downloadText(details.download)),
    fixed(text("confirmNetwork"), text("confirmNetworkYes")),
  );

  const sharesClipboard = Boolean(flags & GRAPHICAL);
  const withheld = ["confirmNotFiles", sharesClipboard ? "confirmNotScreenOnly" : "confirmNotScreen", "confirmNotDevices"];
  element("gets-not").replaceChildren(...withheld.map((name) => leaf("li", text(name))));
  element("warning").hidden = !sharesClipboard;
  element("warning").textContent = text("confirmSharedClipboard");
}

/** @param {number} [amount] in MB; none: the host could not find out */
function downloadText(amount) {
  if (amount === undefined) return text("confirmDownloadMaybe");
  return amount ? megabytes(amount) : text("confirmDownloadNone");
}

/**
 * A sentence about the website, whose domain can't reorder the words around it.
 * @param {string} name of the text
 * @param {string} domain
 */
function sentence(name, domain) {
  const [before, after] = text(name, { domain: DOMAIN }).split(DOMAIN);
  const shown = leaf("bdi", domain);
  shown.id = "domain";
  return [before, shown, after];
}

/**
 * @param {string} tag
 * @param {string} content
 */
function leaf(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
