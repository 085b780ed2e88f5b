// What a request of a page may look like. The relay asks this first; the background asks again, for it can't know what
// became of the process that the relay runs in.
//
// A classic script, like all that the relay needs: content scripts can't be modules. The background imports it for
// its effect.
(() => {
  "use strict";

  const { LIMITS } = cvmProtocol;

  /**
   * @param {unknown} message
   * @returns {PhraseData | null} what is wrong with it; nothing with a proper request
   */
  function faultOf(message) {
    if (!isObject(message)) return { code: "detail_notObject" };
    const { id, action, params } = /** @type {Record<string, unknown>} */ (message);
    if (!(Number.isSafeInteger(id) || (typeof id === "string" && id.length <= LIMITS.action))) return missing("id");
    if (typeof action !== "string" || action.length > LIMITS.action) return missing("action");
    if (!isObject(params)) return missing("params");
    if (isDeeper(params, LIMITS.depth)) return { code: "detail_tooDeep", params: { limit: LIMITS.depth } };
    return null;
  }

  /** @param {string} names */
  function missing(names) {
    return { code: "detail_missing", params: { names } };
  }

  /** @param {unknown} value */
  function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }

  /**
   * @param {unknown} value
   * @param {number} levels
   * @returns {boolean}
   */
  function isDeeper(value, levels) {
    if (typeof value !== "object" || value === null) return false;
    return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
  }

  /** Notes about a request that runs already: they are part of it, and always pass. */
  const NOTES = new Set(cvmProtocol.NOTES);

  /** @param {string} action */
  function isNote(action) {
    return NOTES.has(action);
  }

  globalThis.cvmRequestShape = Object.freeze({ faultOf, isNote });
})();
