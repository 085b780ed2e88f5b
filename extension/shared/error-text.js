// Errors for people: number, stable name, what happened and what to do, in the user's language.
// A classic script, see request-shape.js.
(() => {
  "use strict";

  /**
   * An error that arises in the extension itself.
   * @param {string} name a row of the table of errors
   * @param {Record<string, string | number | PhraseData>} [params]
   * @returns {ErrorData}
   */
  function makeError(name, params = {}) {
    return translateError({ code: cvmErrorCodes[name], name, message: "", fix: "", params });
  }

  /**
   * @param {ErrorData} error from the host, whose English texts stay where we have none: it may be newer than we are
   * @returns {ErrorData}
   */
  function translateError(error) {
    if (!Object.hasOwn(cvmErrorCodes, error.name)) return error;
    return {
      ...error,
      message: cvmTranslation(`error_${error.name}`, error.params) || error.message,
      fix: cvmTranslation(`error_${error.name}_fix`, error.params) || error.fix,
      ...explanation(error.diagnosis),
    };
  }

  /**
   * What the doctor found to be the cause takes the place of the general advice: it has looked at this computer.
   * @param {CheckResult | undefined} found
   */
  function explanation(found) {
    if (!found) return {};
    const { cause, found: what, fix } = translateCheck(found);
    return { cause: `${what} ${cause}`.trim(), fix: found.command ? `${fix}\n${found.command}` : fix };
  }

  /**
   * @param {CheckResult} check from the host, whose English texts stay where we have none
   * @returns {CheckResult}
   */
  function translateCheck(check) {
    const own = (/** @type {"found" | "cause" | "fix"} */ which) =>
      (check[which] && cvmTranslation(`doctor_${check.advice}_${which}`, check.params)) || check[which];
    const title = cvmTranslation(`doctor_title_${check.check}`) || check.title;
    return { ...check, title, found: own("found"), cause: own("cause"), fix: own("fix") };
  }

  globalThis.cvmErrorText = Object.freeze({ makeError, translateError, translateCheck });
})();
