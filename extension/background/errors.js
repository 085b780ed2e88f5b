// Errors as the background's own code throws them.

/** A failure that a page, and behind it a person, is told about. */
export class CVMError extends Error {
  /** @param {ErrorData} data */
  constructor(data) {
    super(data.message);
    this.name = data.name;
    this.data = data;
  }
}

/**
 * @param {string} name a row of the table of errors
 * @param {Record<string, string | number | PhraseData>} [params]
 */
export function cvmError(name, params) {
  return new CVMError(cvmErrorText.makeError(name, params));
}

/** @param {ErrorData} data the host's, in English */
export function hostError(data) {
  return new CVMError(cvmErrorText.translateError(data));
}

/**
 * @param {unknown} error
 * @returns {ErrorData} for an answer; faults of our own go to the console, and don't show their insides to a page
 */
export function errorData(error) {
  if (error instanceof CVMError) return error.data;
  console.error(error);
  return cvmErrorText.makeError("connectionLost");
}
