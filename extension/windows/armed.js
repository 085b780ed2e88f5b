// Buttons that decide something: a click or key that was meant for something else must not count.

/** Milliseconds from when the window came into view. */
const ARMED_AFTER = 500;

/**
 * @param {Map<HTMLElement, boolean>} buttons and what each decides
 * @param {(decision: boolean) => void} decide called once; Escape is a no
 */
export function armed(buttons, decide) {
  let ready = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let arming;

  /** @param {boolean} on */
  const arm = (on) => {
    ready = on;
    // Not `disabled`, which would take away the focus.
    for (const button of buttons.keys()) button.setAttribute("aria-disabled", String(!on));
  };
  const whenSeen = () => {
    clearTimeout(arming);
    arm(false);
    if (document.visibilityState === "visible") arming = setTimeout(arm, ARMED_AFTER, true);
  };
  /**
   * @param {Event} event
   * @param {boolean} decision
   */
  const take = (event, decision) => {
    if (!event.isTrusted || !ready) return;
    document.removeEventListener("visibilitychange", whenSeen);
    window.removeEventListener("focus", whenSeen);
    arm(false);
    decide(decision);
  };

  for (const [button, decision] of buttons) button.addEventListener("click", (event) => take(event, decision));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") take(event, false);
  });
  document.addEventListener("visibilitychange", whenSeen);
  window.addEventListener("focus", whenSeen);
  whenSeen();
}
