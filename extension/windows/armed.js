// Buttons and windows in which a press decides something.
import { ArmedSince } from "./armed-since.js";

/** Milliseconds between two looks at the window: nothing tells that it was moved. */
const LOOK_EVERY = 100;

/** This window, as one that takes presses only once the user can have seen what they are for. */
export class ArmedWindow {
  #since = new ArmedSince(() => performance.now());
  #onChange;
  #byFocus;
  #looking;
  /** What was told last. @type {boolean | undefined} */
  #armed;
  #over = false;

  /**
   * @param {(armed: boolean) => void} onChange called at once, and whenever that changes
   * @param {boolean} [byFocus] false for what only the pointer can press: that is meant for what lies under it, whichever
   *   window has the keyboard
   */
  constructor(onChange, byFocus = true) {
    this.#onChange = onChange;
    this.#byFocus = byFocus;
    const renewed = () => {
      this.#since.renew();
      this.#look();
    };
    document.addEventListener("visibilitychange", renewed);
    if (byFocus) window.addEventListener("focus", renewed);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY);
    this.#look();
  }

  /**
   * @param {Event} press
   * @returns {boolean} whether it counts
   */
  counts(press) {
    this.#look();
    return this.#since.counts(press);
  }

  /** It has been decided: no more presses count. */
  end() {
    this.#over = true;
    clearInterval(this.#looking);
    this.#since.renew();
    this.#tell();
  }

  #look() {
    if (this.#over) return;
    this.#since.see({
      visible: document.visibilityState === "visible",
      focused: !this.#byFocus || document.hasFocus(),
      place: `${window.screenX} ${window.screenY}`,
    });
    this.#tell();
  }

  #tell() {
    const { armed } = this.#since;
    if (armed === this.#armed) return;
    this.#armed = armed;
    this.#onChange(armed);
  }
}

/**
 * @template Decision
 * @param {Map<HTMLElement, Decision>} buttons and what each decides
 * @param {Decision} no what Escape decides
 * @param {(decision: Decision) => void} decide called once
 */
export function armed(buttons, no, decide) {
  const here = new ArmedWindow((on) => {
    // Not `disabled`, which would take away the focus.
    for (const button of buttons.keys()) button.setAttribute("aria-disabled", String(!on));
  });
  /**
   * @param {Event} press
   * @param {Decision} decision
   */
  const take = (press, decision) => {
    if (!here.counts(press)) return;
    here.end();
    decide(decision);
  };

  for (const [button, decision] of buttons) button.addEventListener("click", (press) => take(press, decision));
  document.addEventListener("keydown", (press) => {
    if (press.key === "Escape") take(press, no);
  });
}
