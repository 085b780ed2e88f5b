// After an update the relays of open pages are dead. Firefox puts new ones into them by itself; Chromium leaves that to us.

const KEY = "relaysRenewed";

/** Once for each time that the extension is loaded; not each time that the browser starts its background. */
export async function renewRelays() {
  if (chrome.runtime.getURL("").startsWith("moz-")) return;
  const { [KEY]: done } = await chrome.storage.session.get(KEY);
  if (done) return;
  await chrome.storage.session.set({ [KEY]: true });
  const files = chrome.runtime.getManifest().content_scripts?.find((entry) => !("world" in entry))?.js ?? [];
  const tabs = await chrome.tabs.query({ url: ["http://*/*", "https://*/*"], discarded: false });
  // Pages that have a relay that lives stay with it. Some can't be reached: error pages, those that a policy keeps us from.
  await Promise.allSettled(
    tabs.map(({ id = -1 }) =>
      chrome.scripting.executeScript({ target: { tabId: id, allFrames: true }, files, injectImmediately: true }),
    ),
  );
}
