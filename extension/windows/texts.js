// Texts of the extension's windows: in the browser's language, or in the one that the user chose in the options.

/** Translations that may be chosen, as in _locales. */
export const LANGUAGES = ["en", "fr", "de", "es", "it", "pt", "el"];

/** @typedef {Record<string, {message: string, placeholders?: Record<string, {content: string}>}>} Messages */

const chosen = await chosenLanguage();
/** For Intl. */
export const language = chosen?.language ?? chrome.i18n.getUILanguage();

async function chosenLanguage() {
  const { language } = await chrome.storage.local.get("language");
  if (typeof language !== "string" || !LANGUAGES.includes(language)) return null;
  const messages = await translation(language);
  return messages && { language, messages };
}

/**
 * @param {string} language
 * @returns {Promise<Messages | null>} null: there is none
 */
export function translation(language) {
  return fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`)).then((answer) => answer.json()).catch(() => null);
}

/**
 * @param {string} name of _locales
 * @param {...string} values for its placeholders
 */
export function text(name, ...values) {
  const entry = chosen?.messages[name];
  if (!entry) return chrome.i18n.getMessage(name, values);
  const contents = Object.fromEntries(Object.entries(entry.placeholders ?? {}).map(([key, { content }]) => [key.toLowerCase(), content]));
  return entry.message.replace(/\$(\w+)\$/g, (_, key) => values[Number(contents[key.toLowerCase()]?.slice(1)) - 1] ?? "");
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
