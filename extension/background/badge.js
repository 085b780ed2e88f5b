// How many machines run, on the button in the toolbar.

/** @param {number} running */
export function showRunning(running) {
  const action = chrome.action;
  // Not in Firefox for Android, and not where a policy takes the button away.
  if (!action) return;
  const quietly = () => {};
  action.setBadgeBackgroundColor({ color: "#1259b8" }).catch(quietly);
  action.setBadgeTextColor?.({ color: "#ffffff" })?.catch(quietly);
  action.setBadgeText({ text: running > 0 ? new Intl.NumberFormat().format(running) : "" }).catch(quietly);
}
