// What a request of a page may look like. The relay asks this first; the background asks again, for it can't know what
// became of the process that the relay runs in.
//
// A classic script, like all that the relay needs: content scripts can't be modules. The background imports it for
// its effect.
(() => {
  "use strict";

  const LIMITS = Object.freeze({
    /** Bytes (at least: characters) of one message. */
    size: 1024 * 1024,
    /** Objects and lists within each other. */
    depth: 32,
    /** Requests of one frame that wait for their answer. */
    inFlight: 64,
    /** The same, of all frames of one origin: no website uses up what the host takes (256) alone. */
    inFlightOfOrigin: 128,
    /** Requests to applications, which don't count there: of one frame, and of one origin. */
    fetches: 192,
    /**
     * Requests that may come at once, and a second after that: of one frame, of all frames of one origin, and those of
     * an origin that open sessions (each may fetch from a website). Pages that mean well stay far below.
     */
    pace: Object.freeze({
      frame: Object.freeze({ burst: 1000, perSecond: 200 }),
      origin: Object.freeze({ burst: 2000, perSecond: 400 }),
      openings: Object.freeze({ burst: 100, perSecond: 5 }),
    }),
    /** Characters of the name of an action. */
    action: 64,
  });

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
  const NOTES = new Set(["cancel", "pauseDownload", "fetchMore", "fetchBody"]);

  /** @param {string} action */
  function isNote(action) {
    return NOTES.has(action);
  }

  globalThis.cvmRequestShape = Object.freeze({ LIMITS, faultOf, isNote });
})();
