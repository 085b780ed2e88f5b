// The errors that a page gets: real Error objects with a number, a stable name, and what to do about it.
(() => {
  "use strict";
  const { Error, pageCodes, pageTexts } = cvmParts;

  class CVMError extends Error {
    /** @param {ErrorData} data what the background or the host reports */
    constructor(data) {
      super(data.message);
      this.name = data.name;
      this.code = data.code;
      this.fix = data.fix;
      this.params = data.params ?? {};
      // What is wrong on this computer, for people.
      if (data.cause) this.cause = data.cause;
    }
  }

  cvmParts.CVMError = CVMError;

  /**
   * An error that arises in the page's world. Only English: no translations can be read here.
   * @param {string} name one of those in texts.js
   * @param {Record<string, string | number | PhraseData>} [params]
   */
  cvmParts.pageError = (name, params = {}) =>
    new CVMError({
      code: /** @type {number} */ (pageCodes[name]),
      name,
      message: said(`error_${name}`, params),
      fix: said(`error_${name}_fix`, params),
      params,
    });

  /**
   * Why: a text within a text, as the program sends them.
   * @param {string} code
   * @param {Record<string, string | number>} [params]
   * @returns {PhraseData}
   */
  cvmParts.pageDetail = (code, params = {}) => ({ code: `detail_${code}`, params, text: said(`detail_${code}`, params) });

  /**
   * @param {string} key
   * @param {Record<string, string | number | PhraseData>} params
   */
  function said(key, params) {
    return /** @type {string} */ (pageTexts[key]).replace(/\{(\w+)\}/g, (_, name) => {
      const value = params[name];
      return String(typeof value === "object" ? value.text : value);
    });
  }
})();
