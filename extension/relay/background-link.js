// The relay's line to the background: opened by the first request, and again after it broke.
(() => {
  "use strict";
  const { makeError } = cvmErrorText;

  // An orphan has lost its extension's id, and its texts with it.
  let gone = makeError("extensionGone");
  cvmTranslationRead.then(() => (gone = makeError("extensionGone")));
  const { sameOriginUpToTop } = cvmRelayParts;

  class BackgroundLink {
    /** @type {chrome.runtime.Port | null} */
    #port = null;
    #onMessage;
    #onLost;

    /**
     * @param {(message: any) => void} onMessage
     * @param {(reason: ErrorData) => void} onLost
     */
    constructor(onMessage, onLost) {
      this.#onMessage = onMessage;
      this.#onLost = onLost;
    }

    /**
     * @param {RequestMessage} request
     * @throws when the extension was updated or removed: this script then is an orphan
     */
    post(request) {
      if (this.#isPrepared(() => this.post(request))) return;
      this.#port ??= this.#open();
      this.#port.postMessage(request);
    }

    /** The page is left. */
    close() {
      this.#port?.disconnect();
      this.#port = null;
    }

    /**
     * Chromium prepares pages that nobody may ever look at: nothing is done for them before somebody does.
     * @param {() => void} later
     */
    #isPrepared(later) {
      if (!/** @type {{prerendering?: boolean}} */ (document).prerendering) return false;
      document.addEventListener("prerenderingchange", later, { once: true });
      return true;
    }

    #open() {
      const port = chrome.runtime.connect({ name: sameOriginUpToTop() ? "page" : "page in a foreign frame" });
      port.onMessage.addListener(this.#onMessage);
      port.onDisconnect.addListener(() => {
        // Chromium complains of an unread error otherwise.
        void chrome.runtime?.lastError;
        this.#port = null;
        this.#onLost(BackgroundLink.whyGone());
      });
      return port;
    }

    static whyGone() {
      return chrome.runtime?.id ? makeError("connectionLost") : gone;
    }
  }

  cvmRelayParts.BackgroundLink = BackgroundLink;
})();
