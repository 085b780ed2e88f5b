// How fast somebody may ask: so many at once, and so many a second after that (a token bucket).
// A classic script, see request-shape.js.
(() => {
  "use strict";

  class Pace {
    #burst;
    #perSecond;
    #left;
    #at = performance.now();

    /** @param {{burst: number, perSecond: number}} limits */
    constructor({ burst, perSecond }) {
      this.#burst = burst;
      this.#perSecond = perSecond;
      this.#left = burst;
    }

    /** Whether all of the burst is there again. */
    get rested() {
      return this.#fill() === this.#burst;
    }

    /** @returns {boolean} whether one more may pass now */
    take() {
      if (this.#fill() < 1) return false;
      this.#left--;
      return true;
    }

    #fill() {
      const now = performance.now();
      this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
      this.#at = now;
      return this.#left;
    }
  }

  globalThis.CvmPace = Pace;
})();
