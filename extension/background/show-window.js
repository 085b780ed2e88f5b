// Opens a page of the extension where the user sees it.

/** @typedef {{ids: {window?: number, tab?: number}, raise: () => void, close: () => void}} Shown */

/**
 * A window of its own; where the browser opens none (kiosks with one window, phones), a tab.
 * @param {string} url
 * @param {{width: number, height: number}} size
 * @returns {Promise<Shown>} it may be closed again by the time that it is raised or closed
 */
export async function showWindow(url, size) {
  const opened = await chrome.windows?.create({ type: "popup", url, focused: true, ...size }).catch(() => undefined);
  const window = opened?.id;
  if (window !== undefined) return windowAsShown(window);
  const { id: tab } = await chrome.tabs.create({ url, active: true });
  if (tab === undefined) throw new Error("The browser opens neither window nor tab.");
  return tabAsShown(tab);
}

const quietly = () => {};

/** @param {number} window @returns {Shown} */
function windowAsShown(window) {
  return {
    ids: { window },
    raise: () => void chrome.windows.update(window, { focused: true }).catch(quietly),
    close: () => void chrome.windows.remove(window).catch(quietly),
  };
}

/** @param {number} tab @returns {Shown} */
export function tabAsShown(tab) {
  return {
    ids: { tab },
    raise: () => void chrome.tabs.update(tab, { active: true }).catch(quietly),
    close: () => void chrome.tabs.remove(tab).catch(quietly),
  };
}
