// The plugin that pages get from startCVMWebAPI and connect: requests sessions, keeps them through lost connections.
(() => {
  "use strict";
  const { Map, Promise, URL, setTimeout, clearTimeout, Dispatcher, Session, Connection, callSafely, quiet, pageDetail, pageError } = cvmParts;

  // Seconds between attempts to come back after the host or the background went away; the last one repeats.
  const RETRY_AFTER = [0.2, 1, 3, 10, 30];

  const GONE = { state: cvmParts.protocol.STATE_NAMES.indexOf("missing"), apiAvailable: false, apiURL: "", ip: "" };

  /** @implements {CernVM.Plugin} */
  class Plugin extends Dispatcher {
    #connection = new Connection((message) => this.#hear(message));
    /** @type {Promise<this> | null} */
    #connecting = null;
    /** @type {{version: string, capabilities: string[]}} */
    #host = { version: "", capabilities: [] };
    #connected = false;
    #comingBack = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #retry;
    /** @type {Map<string, CvmSession>} */
    #sessions = new Map();
    /** Sessions that could not be opened again after a loss. @type {Set<string>} */
    #lapsed = new Set();

    get version() {
      return this.#host.version;
    }

    get capabilities() {
      return [...this.#host.capabilities];
    }

    /**
     * @param {string} address of the description (VMCP) of the machine
     * @param {CernVM.OnSession | {signal?: AbortSignal}} [onOk]
     * @param {CernVM.OnFailure} [onFail]
     * @param {{signal?: AbortSignal}} [options]
     * @returns {Promise<CvmSession>}
     */
    requestSession(address, onOk, onFail, options) {
      const settings = options ?? (typeof onOk === "object" ? onOk : undefined) ?? {};
      const requested = quiet(this.#request(address, settings.signal));
      requested.then(
        (session) => typeof onOk === "function" && callSafely(() => onOk(session)),
        (error) => typeof onFail === "function" && callSafely(() => onFail(error.message, error.code, error)),
      );
      return requested;
    }

    /** The state of every session once more. A session that can't be asked keeps what is known of it, quietly. */
    async syncSessions() {
      await Promise.allSettled(
        [...this.#sessions].map(async ([id, session]) =>
          Session.refresh(session, await this.#callOf(id, "sync", { session: id })),
        ),
      );
    }

    // For the dashboard only; the background refuses them to pages.
    /** @param {(sessions: unknown) => void} [onDone] */
    enumSessions(onDone) {
      return this.#privileged("enumSessions", {}, onDone);
    }

    /**
     * @param {string} id
     * @param {string} action
     * @param {(result: unknown) => void} [onDone]
     */
    controlSession(id, action, onDone) {
      return this.#privileged("controlSession", { session: String(id), action: String(action) }, onDone);
    }

    stopService() {
      return this.#privileged("stopService", {});
    }

    /** @param {Plugin} plugin */
    static connect(plugin) {
      return plugin.#connect();
    }

    /** @param {Plugin} plugin */
    static connectionOf(plugin) {
      return plugin.#connection;
    }

    /** @returns {Promise<this>} */
    #connect() {
      // Set before anything is awaited: calls made meanwhile share the one attempt.
      this.#connecting ??= this.#connection.call("connect", {}).then(
        async (host) => {
          this.#host = host;
          this.#connected = true;
          await Promise.all([...this.#sessions].map(([id, session]) => this.#reopen(id, session)));
          if (this.#connected) Dispatcher.fire(this, "connected", [host.version]);
          return this;
        },
        (error) => {
          this.#connecting = null;
          throw error;
        },
      );
      return this.#connecting;
    }

    /**
     * @param {string} action
     * @param {Record<string, unknown>} params
     * @param {CallOptions} [options]
     */
    async #call(action, params, options) {
      await this.#connect();
      return this.#connection.call(action, params, options);
    }

    /**
     * @param {string} address
     * @param {AbortSignal} [signal]
     */
    async #request(address, signal) {
      let failureHeard = false;
      /** @type {CallOptions["onEvent"]} */
      const onEvent = (event, args) => {
        failureHeard ||= event === "failed";
        Dispatcher.fire(this, event, args);
      };
      try {
        return this.#adopt(await this.#call("requestSession", { url: absolute(address) }, { onEvent, signal }));
      } catch (error) {
        if (!failureHeard) Dispatcher.fire(this, "failed", [/** @type {Error} */ (error).message]);
        throw error;
      }
    }

    /** @param {Snapshot} snapshot */
    #adopt(snapshot) {
      const known = this.#sessions.get(snapshot.session);
      this.#lapsed.delete(snapshot.session);
      if (known) {
        Session.refresh(known, snapshot);
        return known;
      }
      const { session: id } = snapshot;
      const session = new Session((action, params, options) => this.#callOf(id, action, params, options), snapshot);
      this.#sessions.set(snapshot.session, session);
      return session;
    }

    /** @param {EventMessage} message */
    #hear({ event, session: id, args }) {
      const session = this.#sessions.get(id ?? "");
      if (session) Session.hear(session, event, args);
      else if (event === "disconnected") this.#lost();
      else if (event === "renewed" && this.#sessions.size) this.#comeBack(0);
    }

    #lost() {
      // A failed attempt to connect is no loss.
      if (!this.#connected) return;
      this.#connected = false;
      this.#connecting = null;
      Dispatcher.fire(this, "disconnected", []);
      if (this.#sessions.size && !this.#comingBack) this.#comeBack(0);
    }

    /** @param {number} attempt */
    #comeBack(attempt) {
      const seconds = RETRY_AFTER[Math.min(attempt, RETRY_AFTER.length - 1)];
      this.#comingBack = true;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => {
        this.#connect().then(
          // It may be lost again while sessions are opened.
          () => (this.#connected ? (this.#comingBack = false) : this.#comeBack(attempt + 1)),
          () => this.#comeBack(attempt + 1),
        );
      }, seconds * 1000);
    }

    /**
     * @param {string} id
     * @param {CvmSession} session
     */
    async #reopen(id, session) {
      try {
        Session.refresh(session, await this.#connection.call("reopenSession", { session: id }));
        this.#lapsed.delete(id);
      } catch (error) {
        this.#lapsed.add(id);
        // Closed meanwhile, in a window of the extension or in another tab: the page hears of that too.
        if (/** @type {Error} */ (error).name === "sessionNotFound") Session.refresh(session, GONE);
        // Of all else, the session's next call tells.
      }
    }

    /**
     * A session that could not be opened again may be now; if not, the page is told why.
     * @param {string} id
     * @param {string} action
     * @param {Record<string, unknown>} params
     * @param {CallOptions} [options]
     */
    async #callOf(id, action, params, options) {
      await this.#connect();
      if (this.#lapsed.has(id)) {
        const snapshot = await this.#connection.call("reopenSession", { session: id });
        this.#lapsed.delete(id);
        const session = this.#sessions.get(id);
        if (session) Session.refresh(session, snapshot);
      }
      return this.#connection.call(action, params, options);
    }

    /**
     * @param {string} action
     * @param {Record<string, unknown>} params
     * @param {(result: any) => void} [onDone]
     */
    #privileged(action, params, onDone) {
      const answer = this.#call(action, params);
      answer.then((result) => typeof onDone === "function" && callSafely(() => onDone(result)), () => {});
      return quiet(answer);
    }
  }

  /** @param {unknown} address */
  function absolute(address) {
    try {
      return new URL(String(address), document.baseURI).href;
    } catch {
      throw pageError("vmcpAddress", { detail: pageDetail("addressHost") });
    }
  }

  cvmParts.Plugin = Plugin;
})();
