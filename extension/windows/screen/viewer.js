// Looks at the machine's screen again and again, as long as somebody sees the window and there is something to see.
import { ask, onEvents } from "../host.js";
import { restAfter, restAfterFailure } from "./pace.js";

const { STATES } = cvmProtocol;
/** Milliseconds between looks at a machine that does not run: events tell of changes before that. */
const OFF_EVERY = 5000;
/** Milliseconds after a key was sent until its effect is looked for. */
const AFTER_KEY = 120;

/** @typedef {{domain: string, name: string, state: number, picture: string}} Told */

export class Viewer {
  #session;
  #canvas;
  #picture = "";
  #alike = 0;
  #failures = 0;
  #hellos = 0;
  #looking = false;
  #again = false;
  /** When the next look is due. */
  #due = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @type {(told: Told) => void} */
  onTold = () => {};
  /** @type {(error: ErrorData) => void} */
  onFailure = () => {};

  /**
   * @param {string} session
   * @param {HTMLCanvasElement} canvas
   */
  constructor(session, canvas) {
    this.#session = session;
    this.#canvas = canvas;
    onEvents(({ event, session: of }) => {
      if ((of === session && event === "stateChanged") || event === "disconnected") this.#soon(0);
      if (event === "disconnected" && document.visibilityState === "hidden") this.#showUp();
    });
    document.addEventListener("visibilitychange", () => this.#soon(0));
    this.#soon(0);
  }

  /** Something was done that may show. */
  keysSent() {
    this.#alike = 0;
    this.#soon(AFTER_KEY);
  }

  /** A background that starts anew knows its windows by their connecting; a hidden one asks for nothing else. */
  #showUp() {
    setTimeout(() => ask("hello").catch(() => {}), this.#hellos++ ? OFF_EVERY : 0);
  }

  /** @param {number} milliseconds from now, or earlier if an earlier look is due */
  #soon(milliseconds) {
    const due = Date.now() + milliseconds;
    // What has happened since the look under way began may not be on its picture.
    if (this.#looking) this.#again = true;
    else if (!this.#timer || due < this.#due) this.#schedule(milliseconds);
  }

  /** @param {number} milliseconds */
  #schedule(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Nobody sees it: becoming visible again is what goes on.
    if (document.visibilityState === "hidden") return;
    this.#due = Date.now() + milliseconds;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  async #look() {
    this.#timer = undefined;
    this.#looking = true;
    this.#again = false;
    const began = performance.now();
    let rest;
    try {
      const told = await this.#ask();
      this.#failures = this.#hellos = 0;
      this.onTold(told);
      rest = told.state === STATES.running ? restAfter(performance.now() - began, this.#alike) : OFF_EVERY;
    } catch (error) {
      this.onFailure(/** @type {ErrorData} */ (error));
      rest = restAfterFailure(++this.#failures);
    }
    this.#looking = false;
    this.#schedule(this.#again ? Math.min(rest, AFTER_KEY) : rest);
  }

  /** @returns {Promise<Told>} */
  async #ask() {
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const pieces = [];
    const known = this.#picture;
    /** @type {Told} */
    const told = await ask("screenPicture", { session: this.#session, known }, (event, [piece]) => {
      if (event === "chunk") pieces.push(Uint8Array.from(atob(piece), (letter) => letter.charCodeAt(0)));
    });
    this.#alike = told.picture === known ? this.#alike + 1 : 0;
    if (pieces.length) await this.#draw(new Blob(pieces, { type: "image/png" }));
    // A machine that was off may show the same again: then the old picture is still there.
    if (told.picture) this.#picture = told.picture;
    this.#canvas.dataset.picture = told.picture;
    this.#canvas.hidden = !told.picture && told.state !== STATES.paused;
    return told;
  }

  /** @param {Blob} png */
  async #draw(png) {
    const bitmap = await createImageBitmap(png);
    const { width, height } = bitmap;
    // Setting them clears it, even to what they are.
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
  }
}
