// Who is asking: taken from the browser alone, never from anything that a page can write.

/** @typedef {{origin: string, fault: "" | "opaqueOrigin" | "insecureOrigin", foreign: boolean}} Asker */

/** What a relay calls its port that sees a page of another origin somewhere around its frame. */
const FOREIGN = "page in a foreign frame";

/** @param {string} name of a port */
export function isPage(name) {
  return name === "page" || name === FOREIGN;
}

/**
 * @param {chrome.runtime.Port} port with what the browser says of the sender
 * @returns {Asker} the fault says why nothing is done for it. "null" (sandboxed frames, data: addresses) names nobody.
 *   Foreign is a frame below a page of another origin
 */
export function askerOf({ name, sender = {} }) {
  const origin = sender.origin ?? originOf(sender.url);
  const foreign = name === FOREIGN || (sender.frameId !== 0 && originOf(sender.tab?.url) !== origin);
  if (!URL.canParse(origin)) return { origin, foreign, fault: "opaqueOrigin" };
  return { origin, foreign, fault: isSecure(new URL(origin)) ? "" : "insecureOrigin" };
}

/** @param {string | undefined} url */
function originOf(url) {
  return url && URL.canParse(url) ? new URL(url).origin : "null";
}

/**
 * https, and http from this very computer (W3C Secure Contexts, 3.1).
 * @param {URL} origin
 */
function isSecure({ protocol, hostname }) {
  if (protocol === "https:") return true;
  const local = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === "http:" && local;
}
