// Who is asking: taken from the browser alone, never from anything that a page can write.

/** @typedef {{origin: string, fault: "" | "insecureOrigin"}} Asker */

/**
 * @param {chrome.runtime.MessageSender} sender as the browser fills it in
 * @returns {Asker} the fault says why nothing is done for it
 */
export function askerOf(sender) {
  const origin = sender.origin ?? originOf(sender.url);
  return { origin, fault: isSecure(origin) ? "" : "insecureOrigin" };
}

/** @param {string | undefined} url */
function originOf(url) {
  return url && URL.canParse(url) ? new URL(url).origin : "null";
}

/**
 * Secure contexts: https, and http from this very computer (Secure Contexts, W3C, 3.1). An opaque origin ("null", of
 * sandboxed frames and data: addresses) names nobody who could be trusted.
 * @param {string} origin
 */
function isSecure(origin) {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  if (protocol === "https:") return true;
  const local = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === "http:" && local;
}
