// Texts of the extension's windows in the user's language.

/**
 * @param {string} name of _locales
 * @param {...string} values for its placeholders
 */
export function text(name, ...values) {
  return chrome.i18n.getMessage(name, values);
}

/**
 * Fills every element that names its text in `data-text`, and tells screen readers the language.
 * @param {Document} document
 */
export function fillTexts(document) {
  document.documentElement.lang = chrome.i18n.getUILanguage();
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-text]"))) {
    element.textContent = text(element.dataset.text ?? "");
  }
}

/** @param {number} amount in MB */
export function megabytes(amount) {
  const [value, unit] = amount < 1024 ? [amount, "megabyte"] : [amount / 1024, "gigabyte"];
  return new Intl.NumberFormat(undefined, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}
