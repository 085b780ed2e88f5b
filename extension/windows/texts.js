// Texts of the extension's windows: in the browser's language, or in the one that the user chose in the options.
import "../shared/text-parameters.js";
import "../shared/translation.js";

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
 * @param {Record<string, string>} [params] of the text
 */
export function text(name, params) {
  return cvmTranslation(name, params);
}

/**
 * The form that the language has for that many, as `name_one`, `name_other` (Unicode's plural rules).
 * @param {string} name of _locales without the form
 * @param {number} count
 * @param {Record<string, string>} params
 */
export function textFor(name, count, params) {
  return text(`${name}_${new Intl.PluralRules(language).select(count)}`, params) || text(`${name}_other`, params);
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
