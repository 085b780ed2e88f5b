// Texts in the language that the user chose in the options, else in the browser's: for scripts that can't import modules.
// The choice is kept with its texts, since content scripts can't read the extension's files.
// A classic script, see request-shape.js.
(() => {
  "use strict";

  /** @type {{language?: string, translation?: CvmMessages | null}} */
  const chosen = {};

  /**
   * @param {string} name of _locales
   * @param {Record<string, unknown>} [params] of the text, by their names
   * @returns {string} "" when there is no such text
   */
  function translated(name, params = {}) {
    const order = Object.hasOwn(cvmTextParameters, name) ? cvmTextParameters[name] : [];
    const values = order.map((param) => said(params[param]));
    const entry = chosen.translation?.[name];
    const text = entry ? filled(entry.message, values) : chrome.i18n.getMessage(name, values);
    // What is put at the end of a sentence may be a sentence itself.
    return text.replace(/([^.])\.\.(?=\s|$)/g, "$1.");
  }

  /**
   * @param {unknown} value of a parameter: words or a number, or a text again, in whose place the program's English
   *   stands when we don't have it: the program may be newer than we are
   */
  function said(value) {
    if (typeof value !== "object" || value === null) return String(value ?? "");
    const { code, params, text } = /** @type {PhraseData} */ (value);
    return translated(code, params) || String(text ?? "");
  }

  /**
   * As the browser does it with its own language.
   * @param {string} message
   * @param {string[]} values
   */
  function filled(message, values) {
    return message.replace(/\$([$1-9])/g, (whole, place) => (place === "$" ? "$" : (values[Number(place) - 1] ?? "")));
  }

  /** @param {{language?: unknown, translation?: unknown}} stored */
  function take({ language, translation }) {
    const known = typeof language === "string" && language !== "" && translation !== null && typeof translation === "object";
    chosen.language = known ? language : undefined;
    chosen.translation = known ? /** @type {CvmMessages} */ (translation) : null;
  }

  const read = () => chrome.storage.local.get(["language", "translation"]).then(take, () => {});
  chrome.storage.onChanged.addListener((changes, area) => {
    if (area === "local" && (changes["language"] || changes["translation"])) read();
  });

  globalThis.cvmTranslation = translated;
  globalThis.cvmLanguage = () => chosen.language ?? chrome.i18n.getUILanguage();
  globalThis.cvmTranslationRead = read();
})();
