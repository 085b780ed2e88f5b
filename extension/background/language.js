// The texts of the language that the user chose are kept with the choice (shared/translation.js): an update brings others.

/** To be called when the extension was updated. */
export async function renewTranslation() {
  const { language } = await chrome.storage.local.get("language");
  if (typeof language !== "string" || !/^[a-z]{2}$/.test(language)) return;
  const file = await fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`));
  await chrome.storage.local.set({ translation: await file.json() });
}
