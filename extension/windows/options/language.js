// The language of our windows. It is the browser's own matter, so it is kept there.
import { LANGUAGES } from "../languages.js";
import { text, translation } from "../texts.js";
import { element, made } from "./elements.js";

export async function showLanguages() {
  const select = /** @type {HTMLSelectElement} */ (element("language"));
  const { language } = await chrome.storage.local.get("language");
  const there = await Promise.all(LANGUAGES.map(translation));
  for (const [index, name] of LANGUAGES.entries()) {
    if (!there[index]) continue;
    const option = /** @type {HTMLOptionElement} */ (made("option", "", named(name)));
    option.value = name;
    option.lang = name;
    select.append(option);
  }
  select.value = typeof language === "string" ? language : "";
  select.onchange = async () => {
    await chrome.storage.local.set({ language: select.value, translation: select.value ? await translation(select.value) : null });
    location.reload();
  };
}

/** @param {string} name */
function named(name) {
  return new Intl.DisplayNames([name], { type: "language" }).of(name) ?? text("optionsLanguage");
}
