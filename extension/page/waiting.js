// What pages may wait for: the application inside the machine, and progress as an async iterator.
(() => {
  "use strict";
  const { Promise, setTimeout, clearTimeout, pageErrors } = cvmParts;

  /** Milliseconds; a large image on an old computer boots for minutes. */
  const API_WITHIN = 300_000;

  /**
   * @template {CernVM.Session} S
   * @param {S} session
   * @param {CernVM.WaitOptions} [options]
   * @returns {Promise<S>} once something answers at the application's port
   */
  function waitForAPI(session, { timeout = API_WITHIN, signal } = {}) {
    return new Promise((resolve, reject) => {
      const end = () => {
        session.removeEventListener("apiStateChanged", look);
        signal?.removeEventListener("abort", abort);
        clearTimeout(timer);
      };
      const look = () => {
        if (!session.apiAvailable) return;
        end();
        resolve(session);
      };
      const abort = () => {
        end();
        reject(pageErrors.cancelled());
      };
      const timer = setTimeout(() => {
        end();
        reject(pageErrors.apiTimeout(timeout / 1000));
      }, timeout);
      session.addEventListener("apiStateChanged", look);
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
      else look();
    });
  }

  /**
   * @param {CernVM.Source} source
   * @returns {AsyncGenerator<CernVM.Progress>} until the task under way, or the next one, is completed or fails
   */
  async function* progressOf(source) {
    /** @type {CernVM.Progress[]} */
    const heard = [];
    let over = false;
    let wake = () => {};
    /** @type {Record<string, CernVM.Listener>} */
    const listeners = {
      progress: (message, fraction) => heard.push({ message, fraction }),
      completed: () => (over = true),
      failed: () => (over = true),
    };
    const names = Object.keys(listeners);
    for (const name of names) {
      const note = listeners[name];
      listeners[name] = (...args) => {
        note(...args);
        wake();
      };
      source.addEventListener(name, listeners[name]);
    }
    try {
      while (true) {
        while (heard.length) yield /** @type {CernVM.Progress} */ (heard.shift());
        if (over) return;
        await new Promise((resolve) => (wake = () => resolve(undefined)));
      }
    } finally {
      for (const name of names) source.removeEventListener(name, listeners[name]);
    }
  }

  cvmParts.waitForAPI = waitForAPI;
  cvmParts.progressOf = progressOf;
})();
