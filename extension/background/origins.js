// Who is asking: taken from the browser alone, never from anything that a page can write.

/** @typedef {{origin: string, fault: "" | "opaqueOrigin" | "insecureOrigin"}} Asker */

/**
 * @param {chrome.runtime.MessageSender} sender as the browser fills it in
 * @returns {Asker} the fault says why nothing is done for it. "null" (sandboxed frames, data: addresses) names nobody
 */
export function askerOf(sender) {
  const origin = sender.origin ?? originOf(sender.url);
  if (!URL.canParse(origin)) return { origin, fault: "opaqueOrigin" };
  return { origin, fault: isSecure(new URL(origin)) ? "" : "insecureOrigin" };
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
