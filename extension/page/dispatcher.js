// Events for pages, in both forms: `addEventListener` as deployed pages know it (the arguments of the event are the
// arguments of the listener), and `events`, an EventTarget whose CustomEvents carry the same arguments in `detail`.
(() => {
  "use strict";
  const { Map, Set, EventTarget, CustomEvent, reportError, progressOf } = cvmParts;

  class Dispatcher {
    /** @type {Map<string, Function[]>} */
    #listeners = new Map();
    /** @type {EventTarget} */
    #events = new EventTarget();
    /** @type {Set<() => void>} */
    #ends = new Set();

    get events() {
      return this.#events;
    }

    /** Progress of the task under way, or of the next one, until it is completed or fails. */
    progress() {
      return progressOf(this, this.#ends);
    }

    /**
     * @param {string} name
     * @param {Function} listener
     */
    addEventListener(name, listener) {
      if (typeof listener !== "function") return;
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    }

    /**
     * @param {string} name
     * @param {Function} listener
     */
    removeEventListener(name, listener) {
      const listeners = this.#listeners.get(name) ?? [];
      const index = listeners.indexOf(listener);
      if (index >= 0) this.#listeners.set(name, listeners.toSpliced(index, 1));
    }

    /**
     * A call has been answered: whoever iterates its progress is through, though there was no event of its end.
     * @param {Dispatcher} source
     */
    static over(source) {
      for (const end of [...source.#ends]) end();
    }

    /**
     * One listener's fault keeps no other from hearing of the event.
     * @param {Dispatcher} source
     * @param {string} name
     * @param {unknown[]} args
     */
    static fire(source, name, args) {
      for (const listener of source.#listeners.get(name) ?? []) callSafely(() => listener.apply(source, args));
      source.#events.dispatchEvent(new CustomEvent(name, { detail: args }));
    }
  }

  /** @param {() => void} action code of the page: its faults are reported as its own, and stop nothing here */
  function callSafely(action) {
    try {
      action();
    } catch (error) {
      reportError(error);
    }
  }

  cvmParts.Dispatcher = Dispatcher;
  /**
   * Pages of the old style ignore what a call returns, and hear of failures by events: no unhandled rejection for them.
   * Whoever awaits the promise gets the error all the same.
   * @template T
   * @param {Promise<T>} promise
   */
  function quiet(promise) {
    promise.catch(() => {});
    return promise;
  }

  cvmParts.callSafely = callSafely;
  cvmParts.quiet = quiet;
})();
