// The plugin that pages get from startCVMWebAPI and connect: requests sessions, keeps them through lost connections.
(() => {
  "use strict";
  const { Map, Promise, URL, setTimeout, Dispatcher, Session, Connection, callSafely, quiet, pageErrors } = cvmParts;

  // Seconds between attempts to come back after the host or the background went away; the last one repeats.
  const RETRY_AFTER = [0.2, 1, 3, 10, 30];

  /** @implements {CernVM.Plugin} */
  class Plugin extends Dispatcher {
    #connection = new Connection((message) => this.#hear(message));
    /** @type {Promise<this> | null} */
    #connecting = null;
    /** @type {{version: string, capabilities: string[]}} */
    #host = { version: "", capabilities: [] };
    #connected = false;
    #comingBack = false;
    /** @type {Map<string, CvmSession>} */
    #sessions = new Map();

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
          Session.refresh(session, await this.#call("sync", { session: id })),
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
          Dispatcher.fire(this, "connected", [host.version]);
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
      if (known) {
        Session.refresh(known, snapshot);
        return known;
      }
      const session = new Session((action, params, options) => this.#call(action, params, options), snapshot);
      this.#sessions.set(snapshot.session, session);
      return session;
    }

    /** @param {EventMessage} message */
    #hear({ event, session: id, args }) {
      const session = this.#sessions.get(id ?? "");
      if (session) Session.hear(session, event, args);
      else if (event === "disconnected") this.#lost();
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
      setTimeout(() => {
        this.#connect().then(
          () => (this.#comingBack = false),
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
      } catch {
        // The session's next call tells the page what is wrong with it.
      }
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
      throw pageErrors.vmcpAddress("it is not a URL");
    }
  }

  cvmParts.Plugin = Plugin;
})();
