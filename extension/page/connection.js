// Requests to the relay and what comes back: matches answers to requests by id, and hands events on.
(() => {
  "use strict";
  const { JSON, Map, Promise, console, setTimeout, CVMError, pageDetail, pageError } = cvmParts;

  // The relay refuses what is longer; it would have to read it first to know whose answer that is.
  const LONGEST = 1024 * 1024;

  // Milliseconds in which a relay that lives has answered: it runs in the page's own thread.
  const DEAD_AFTER = 2000;

  class Connection {
    /** @type {((text: string) => void) | null} */
    #post = null;
    #lastId = 0;
    /** @type {Map<number, PendingCall>} */
    #pending = new Map();
    #onSessionEvent;
    #examining = false;
    debugLogging = false;

    /** @param {(event: EventMessage) => void} onSessionEvent takes the events that belong to no request of ours */
    constructor(onSessionEvent) {
      this.#onSessionEvent = onSessionEvent;
    }

    /**
     * A port that says it is a relay's. Anybody in the page can say so: while the relay that we have lives, it stays.
     * @param {MessagePort} port
     */
    async offer(port) {
      if (!this.#post) return this.#attach(port);
      if (this.#examining) return;
      this.#examining = true;
      const lives = await new Promise((resolve) => {
        setTimeout(() => resolve(false), DEAD_AFTER);
        this.call("ping", {}).then(
          () => resolve(true),
          (error) => resolve(error.name !== "extensionGone"),
        );
      });
      this.#examining = false;
      if (lives) return;
      this.#attach(port);
      for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(pageError("connectionLost"));
      this.#onSessionEvent({ event: "disconnected", args: [] });
      this.#onSessionEvent({ event: "renewed", args: [] });
    }

    /** @param {MessagePort} port the relay's */
    #attach(port) {
      // Bound now: the page may replace the prototype's methods later.
      this.#post = port.postMessage.bind(port);
      port.onmessage = (event) => this.#receive(event.data);
    }

    /**
     * @param {string} action
     * @param {Record<string, unknown>} params
     * @param {CallOptions} [options]
     * @returns {Promise<any>} the result; rejected with a CVMError
     */
    call(action, params, { onEvent, onSent, signal } = {}) {
      return new Promise((resolve, reject) => {
        const id = ++this.#lastId;
        if (!this.#post) return reject(pageError("extensionGone"));
        if (signal?.aborted) return reject(pageError("cancelled"));
        const abort = () => {
          this.#send(++this.#lastId, "cancel", { request: id });
          this.#settle(id)?.reject(pageError("cancelled"));
        };
        signal?.addEventListener("abort", abort);
        this.#pending.set(id, {
          resolve,
          reject,
          onEvent,
          done: () => signal?.removeEventListener("abort", abort),
        });
        this.#send(id, action, params);
        onSent?.((note, more) => this.#send(++this.#lastId, note, { ...more, request: id }));
      });
    }

    /**
     * @param {number} id
     * @param {string} action
     * @param {Record<string, unknown>} params
     */
    #send(id, action, params) {
      if (this.debugLogging) console.debug("CVM →", action, params);
      try {
        const text = JSON.stringify({ id, action, params });
        if (text.length > LONGEST) throw pageError("badMessage", { detail: pageDetail("text", { limit: LONGEST }) });
        this.#post?.(text);
      } catch (error) {
        // JSON's own complaints: nested too deep, a BigInt, a circle.
        const detail = pageDetail("notJson", { words: String(/** @type {any} */ (error)?.message) });
        this.#settle(id)?.reject(error instanceof CVMError ? error : pageError("badMessage", { detail }));
      }
    }

    /** @param {string} text */
    #receive(text) {
      const message = JSON.parse(text);
      if (this.debugLogging) console.debug("CVM ←", message);
      if ("event" in message) this.#hear(message);
      else if ("error" in message) this.#settle(message.id)?.reject(new CVMError(message.error));
      else this.#settle(message.id)?.resolve(message.result);
    }

    /** @param {EventMessage} message */
    #hear(message) {
      if (message.request === undefined) this.#onSessionEvent(message);
      else this.#pending.get(/** @type {number} */ (message.request))?.onEvent?.(message.event, message.args);
    }

    /** @param {number} id */
    #settle(id) {
      const call = this.#pending.get(id);
      this.#pending.delete(id);
      call?.done();
      return call;
    }
  }

  cvmParts.Connection = Connection;
})();
