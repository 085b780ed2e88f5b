// Whether the page of this frame may use CernVM WebAPI. The background judges the origin once more, by what the browser
// says; only this side can see whether the frame is sandboxed and what surrounds it.
(() => {
  "use strict";

  /** @returns {string} the name of the error that explains why not, or "" */
  function whyNotHere() {
    if (origin === "null" || !/^https?:$/.test(location.protocol) && !inheritsOrigin()) return "opaqueOrigin";
    if (!isSecureContext) return "insecureContext";
    if (!sameOriginUpToTop()) return "foreignFrame";
    return "";
  }

  /** about:blank and srcdoc frames have the origin of the page that made them. */
  function inheritsOrigin() {
    return location.protocol === "about:" && /^https?:/.test(origin);
  }

  function sameOriginUpToTop() {
    try {
      for (let frame = window; frame !== frame.parent; ) {
        frame = /** @type {Window & typeof globalThis} */ (frame.parent);
        if (frame.origin !== origin) return false;
      }
      return true;
    } catch {
      // Reading from a frame of another origin is an error.
      return false;
    }
  }

  globalThis.cvmRelay = /** @type {CvmRelay} */ ({ whyNotHere });
})();
