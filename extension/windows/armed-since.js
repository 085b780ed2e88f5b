// When a press in a window of the extension counts: a click or key that was meant for something else must not. Pure.

/** Milliseconds for which the window must have been before the user, and not have moved. */
const ARMED_AFTER = 500;

/**
 * How the window is seen; `place` says where on the screen it lies.
 * @typedef {{visible: boolean, focused: boolean, place: string}} Look
 */

export class ArmedSince {
  #clock;
  /** When the window came to be as it is; null: it is not before the user. @type {number | null} */
  #since = null;
  /** @type {string | undefined} */
  #place;

  /** @param {() => number} clock milliseconds, from whenever */
  constructor(clock) {
    this.#clock = clock;
  }

  /** Something has happened to the window: time counts anew from the next look. */
  renew() {
    this.#since = null;
  }

  /** @param {Look} look how the window is seen now */
  see({ visible, focused, place }) {
    if (place !== this.#place) this.renew();
    this.#place = place;
    if (!visible || !focused) this.renew();
    else this.#since ??= this.#clock();
  }

  /** @returns {boolean} whether a press would count */
  get armed() {
    return this.#since !== null && this.#clock() - this.#since >= ARMED_AFTER;
  }

  /**
   * @param {{isTrusted: boolean}} press
   * @returns {boolean} whether it is the user's, and meant for this window
   */
  counts({ isTrusted }) {
    return isTrusted && this.armed;
  }
}
