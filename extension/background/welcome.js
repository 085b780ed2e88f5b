// The first run: a page that checks what else this computer needs.

/** @param {string} reason why the browser says that the add-on was installed */
export async function welcome(reason) {
  if (reason !== "install") return;
  const { installType } = await chrome.management.getSelf();
  // An administrator has seen to the rest already, and a developer installs anew all day.
  if (installType === "admin" || installType === "development") return;
  await chrome.tabs.create({ url: chrome.runtime.getURL("windows/welcome/welcome.html") });
}
