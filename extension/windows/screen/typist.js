// Sends keys to the machine in their order: what comes while a call is under way goes with the next one.
import { ask } from "../host.js";
import { MODIFIERS, released } from "./scancodes.js";

/** Scancodes of one call, which takes 10 ms for each: the next picture is not to wait for long. */
const AT_ONCE = 64;
/** Scancodes that may wait. Who types faster than the machine takes it is told so. */
const MOST = 4096;
/** Letting go of what is not pressed does nothing. */
const ALL_UP = [...MODIFIERS].flatMap(released);

export class Typist {
  #session;
  /** What belongs together is sent together. @type {number[][]} */
  #waiting = [];
  #length = 0;
  #sending = false;
  #used = false;

  onSent = () => {};
  /** @type {(error: ErrorData) => void} what waited is dropped */
  onFailure = () => {};

  /** @param {string} session */
  constructor(session) {
    this.#session = session;
  }

  /** @returns {boolean} whether something waits or is under way */
  get busy() {
    return this.#sending;
  }

  /**
   * @param {number[]} codes of one key; none is fine
   * @returns {boolean} whether they were taken: too many may wait already
   */
  send(codes) {
    if (this.#length + codes.length > MOST) return false;
    if (!codes.length) return true;
    this.#used = true;
    this.#waiting.push(codes);
    this.#length += codes.length;
    if (!this.#sending) this.#sendAll();
    return true;
  }

  /** Forget what is not sent yet, and leave no modifier pressed by that. */
  stop() {
    this.#clear();
    this.send(ALL_UP);
  }

  /** The window goes: nobody will be there to send what waits. */
  leave() {
    if (!this.#used) return;
    this.#clear();
    ask("screenKeys", { session: this.#session, codes: ALL_UP }).catch(() => {});
  }

  #clear() {
    this.#waiting = [];
    this.#length = 0;
  }

  async #sendAll() {
    this.#sending = true;
    // Keys of the same moment travel together.
    await Promise.resolve();
    let failure = null;
    try {
      while (this.#waiting.length) {
        await ask("screenKeys", { session: this.#session, codes: this.#take() });
        this.onSent();
      }
    } catch (error) {
      this.#clear();
      failure = /** @type {ErrorData} */ (error);
    }
    this.#sending = false;
    if (failure) this.onFailure(failure);
    else this.onSent();
  }

  #take() {
    const codes = [];
    do {
      codes.push(...(this.#waiting.shift() ?? []));
    } while (this.#waiting.length && codes.length + this.#waiting[0].length <= AT_ONCE);
    this.#length -= codes.length;
    return codes;
  }
}
