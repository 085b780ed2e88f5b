// Errors for people: number, stable name, what happened and what to do, in the language of the browser.
// A classic script, see request-shape.js.
(() => {
  "use strict";

  /**
   * An error that arises in the extension itself.
   * @param {string} name a row of the table of errors
   * @param {Record<string, string | number>} [params]
   * @returns {ErrorData}
   */
  function makeError(name, params = {}) {
    return translateError({ code: cvmErrorCodes[name].code, name, message: "", fix: "", params });
  }

  /**
   * @param {ErrorData} error from the host, whose English texts stay where we have none: it may be newer than we are
   * @returns {ErrorData}
   */
  function translateError(error) {
    const row = Object.hasOwn(cvmErrorCodes, error.name) ? cvmErrorCodes[error.name] : undefined;
    if (!row) return error;
    return {
      ...error,
      message: text(`error_${error.name}`, row.message, error.params) || error.message,
      fix: text(`error_${error.name}_fix`, row.fix, error.params) || error.fix,
    };
  }

  /**
   * @param {string} key
   * @param {readonly string[]} names of the parameters, in the order of the placeholders
   * @param {Record<string, unknown>} params
   */
  function text(key, names, params = {}) {
    return chrome.i18n.getMessage(key, names.map((name) => String(params[name] ?? "")));
  }

  globalThis.cvmErrorText = Object.freeze({ makeError, translateError });
})();
