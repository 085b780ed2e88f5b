// The windows that show the screens of machines: one for a session, however often its page asks.
import { cvmError } from "./errors.js";
import { showWindow, tabAsShown } from "./show-window.js";

const PAGE = "windows/screen/screen.html";
const SIZE = { width: 820, height: 680 };

/** A page that opens its window again and again against the user's will is told no. */
const OPENINGS = cvmProtocol.LIMITS.screenWindows;
/** Milliseconds between two times that a page brings a window to the front. */
const RAISE_AFTER = 1000;

export class Screens {
  /** By session. @type {Map<string, import("./show-window.js").Shown>} */
  #shown = new Map();
  /** @type {Map<string, Promise<void>>} */
  #opening = new Map();
  /** When the windows of a session were opened. @type {Map<string, number[]>} */
  #opened = new Map();
  #raised = 0;

  /**
   * @param {string} session that the asking page has opened
   * @returns {Promise<void>} once the window is there, in front of the others
   * @throws {CVMError} (rejects) tooManyRequests
   */
  async show(session) {
    const shown = this.#shown.get(session);
    if (shown) return this.#raise(shown);
    let opening = this.#opening.get(session);
    if (!opening) {
      this.#count(session);
      opening = this.#open(session).finally(() => this.#opening.delete(session));
      this.#opening.set(session, opening);
    }
    return opening;
  }

  /**
   * A window that has connected: a background that was restarted meanwhile finds its windows again by that.
   * @param {chrome.runtime.MessageSender} [sender] one of our own pages
   */
  adopt(sender) {
    const url = new URL(sender?.url ?? "about:blank");
    const session = url.searchParams.get("session");
    const tab = sender?.tab?.id;
    if (url.href.startsWith(chrome.runtime.getURL(PAGE)) && session && tab !== undefined && !this.#isKnown(session)) {
      this.#shown.set(session, tabAsShown(tab));
    }
  }

  /** @param {EventMessage} message the host's */
  deliver({ event, session, args }) {
    if (event !== "stateChanged" || args[0] !== cvmProtocol.STATES.missing || !session) return;
    // The machine is no more: closed by its page, or removed by the user.
    const shown = this.#shown.get(session);
    this.#shown.delete(session);
    this.#opened.delete(session);
    shown?.close();
  }

  /** @param {number} id of a window that was closed */
  windowClosed(id) {
    this.#forget(({ ids }) => ids.window === id);
  }

  /** @param {number} id of a tab that was closed */
  tabClosed(id) {
    this.#forget(({ ids }) => ids.tab === id);
  }

  /** @param {(shown: import("./show-window.js").Shown) => boolean} gone */
  #forget(gone) {
    for (const [session, shown] of this.#shown) if (gone(shown)) this.#shown.delete(session);
  }

  /** @param {string} session */
  #isKnown(session) {
    return this.#shown.has(session) || this.#opening.has(session);
  }

  /** @param {string} session */
  #count(session) {
    const now = Date.now();
    const lately = (this.#opened.get(session) ?? []).filter((at) => now - at < OPENINGS.seconds * 1000);
    if (lately.length >= OPENINGS.most) throw cvmError("tooManyRequests", { limit: OPENINGS.most });
    this.#opened.set(session, [...lately, now]);
  }

  /** @param {string} session */
  async #open(session) {
    const shown = await showWindow(`${chrome.runtime.getURL(PAGE)}?session=${encodeURIComponent(session)}`, SIZE);
    this.#shown.set(session, shown);
  }

  /** @param {import("./show-window.js").Shown} shown */
  #raise(shown) {
    // A page that does it all the time would take every other window out of the user's hands.
    if (Date.now() - this.#raised < RAISE_AFTER) return;
    this.#raised = Date.now();
    shown.raise();
  }
}
