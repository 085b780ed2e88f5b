// Whether the page of this frame may use CernVM WebAPI. The background judges once more, by what the browser says of the
// frame and of the tab; only this side sees what lies between them.
(() => {
  "use strict";

  /** @returns {string} the name of the error that explains why not, or "" */
  function whyNotHere() {
    // Of sandboxed frames and data: addresses.
    if (window.origin === "null") return "opaqueOrigin";
    if (!window.isSecureContext) return "insecureOrigin";
    return "";
  }

  /** A frame of another website may not borrow the trust that people have in the page around it, nor the reverse. */
  function sameOriginUpToTop() {
    try {
      for (let frame = window; frame !== frame.parent; ) {
        frame = /** @type {Window & typeof globalThis} */ (frame.parent);
        if (frame.origin !== window.origin) return false;
      }
      return true;
    } catch {
      // Reading from a frame of another origin is an error.
      return false;
    }
  }

  globalThis.cvmRelayParts = /** @type {CvmRelayParts} */ ({ whyNotHere, sameOriginUpToTop });
})();
