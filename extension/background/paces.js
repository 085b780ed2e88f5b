// How fast the pages of one origin may ask, in however many frames: its own relay is what a page could have broken into.
import { cvmError } from "./errors.js";

const OPENING = new Set(cvmProtocol.OPENING);

export class Paces {
  /** @type {Map<string, {all: CvmPace, openings: CvmPace}>} */
  #origins = new Map();

  /**
   * @param {string} origin
   * @param {string} action
   * @throws {CVMError} rateLimited
   */
  check(origin, action) {
    const { origin: all, openings } = cvmProtocol.LIMITS.pace;
    let own = this.#origins.get(origin);
    if (!own) {
      this.#forgetRested();
      own = { all: new CvmPace(all), openings: new CvmPace(openings) };
      this.#origins.set(origin, own);
    }
    if (!own.all.take()) throw cvmError("rateLimited", { limit: all.perSecond });
    if (OPENING.has(action) && !own.openings.take()) throw cvmError("rateLimited", { limit: openings.perSecond });
  }

  #forgetRested() {
    for (const [origin, { all, openings }] of this.#origins) {
      if (all.rested && openings.rested) this.#origins.delete(origin);
    }
  }
}
