// Texts of the extension's windows: in the browser's language, or in the one that the user chose in the options.
import "../shared/translation.js";

/** Translations that may be chosen, as in _locales. */
export const LANGUAGES = ["en", "fr", "de", "es", "it", "pt", "el"];

await cvmTranslationRead;
/** For Intl. */
export const language = cvmLanguage();

/**
 * @param {string} language
 * @returns {Promise<CvmMessages | null>} null: there is none
 */
export function translation(language) {
  return fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`)).then((answer) => answer.json()).catch(() => null);
}

/**
 * @param {string} name of _locales
 * @param {...string} values for its placeholders
 */
export function text(name, ...values) {
  return cvmTranslation(name, values);
}

/**
 * The form that the language has for that many, as `name_one`, `name_other` (Unicode's plural rules).
 * @param {string} name of _locales without the form
 * @param {number} count
 * @param {...string} values
 */
export function textFor(name, count, ...values) {
  return text(`${name}_${new Intl.PluralRules(language).select(count)}`, ...values) || text(`${name}_other`, ...values);
}

/**
 * Fills every element that names its text in `data-text`, and tells screen readers the language.
 * @param {Document} document
 */
export function fillTexts(document) {
  document.documentElement.lang = language;
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-text]"))) {
    element.textContent = text(element.dataset.text ?? "");
  }
}

/** @param {number} amount in MB */
export function megabytes(amount) {
  const [value, unit] = amount < 1024 ? [amount, "megabyte"] : [amount / 1024, "gigabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}
