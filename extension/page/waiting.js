// What pages may wait for: the application inside the machine, and progress as an async iterator.
(() => {
  "use strict";
  const { Promise, setTimeout, clearTimeout, pageError } = cvmParts;

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
        reject(pageError("cancelled"));
      };
      const timer = setTimeout(() => {
        end();
        reject(pageError("apiTimeout", { seconds: timeout / 1000 }));
      }, timeout);
      session.addEventListener("apiStateChanged", look);
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
      else look();
    });
  }

  /**
   * Listens from now on, not from the first step that is taken: a page may begin a task in between.
   * @param {CernVM.Source} source
   * @param {Set<() => void>} ends what to call when a task is over of which there were no events
   * @returns {AsyncGenerator<CernVM.Progress>} until the task under way, or the next one, is completed or fails
   */
  function progressOf(source, ends) {
    /** @type {CernVM.Progress[]} */
    const heard = [];
    let over = false;
    let wake = () => {};
    const note = (/** @type {string} */ message, /** @type {number} */ fraction, /** @type {Partial<CernVM.Progress>} */ phase) => {
      heard.push({ message, fraction, ...phase });
      wake();
    };
    const stop = () => {
      source.removeEventListener("progress", note);
      source.removeEventListener("completed", end);
      source.removeEventListener("failed", end);
      ends.delete(end);
    };
    const end = () => {
      over = true;
      stop();
      wake();
    };
    source.addEventListener("progress", note);
    source.addEventListener("completed", end);
    source.addEventListener("failed", end);
    ends.add(end);
    return (async function* () {
      try {
        while (true) {
          while (heard.length) yield /** @type {CernVM.Progress} */ (heard.shift());
          if (over) return;
          await new Promise((resolve) => (wake = () => resolve(undefined)));
        }
      } finally {
        stop();
      }
    })();
  }

  cvmParts.waitForAPI = waitForAPI;
  cvmParts.progressOf = progressOf;
})();
