// Windows grow to what they show, as far as the screen lets them: of a question nothing should have to be looked for.
export async function fit() {
  const more = document.documentElement.scrollHeight - innerHeight;
  const room = screen.availHeight - outerHeight;
  const { id, type } = await chrome.windows.getCurrent();
  // The browser's own windows, where there are no others, stay as they are.
  if (id === undefined || type !== "popup" || more <= 0 || room <= 0) return;
  await chrome.windows.update(id, { height: outerHeight + Math.min(more, room) });
}
