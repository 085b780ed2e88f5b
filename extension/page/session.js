// A session as the page sees it: cached state variables, the calls, and its events.
(() => {
  "use strict";
  const { Map, Promise, Dispatcher, callSafely, quiet, makeFlags, flagsValue, waitForAPI, fetchFromApplication } = cvmParts;
  const { STATE_NAMES } = cvmParts.protocol;

  /** @implements {CernVM.Session} */
  class Session extends Dispatcher {
    #call;
    #vars;
    /** Values that were assigned and that the host has not heard of yet. @type {Map<SettingName, {value: unknown}>} */
    #assigned = new Map();
    #flags;
    /** What listeners were told last: the same change may be heard of by event and by answer. */
    #told;
    #failures = 0;
    /** Settled when all that was read or written before is. @type {Promise<unknown>} */
    #settled = Promise.resolve();

    /**
     * @param {(action: string, params: Record<string, unknown>, options?: CallOptions) => Promise<any>} call
     * @param {Snapshot} snapshot
     */
    constructor(call, snapshot) {
      super();
      this.#call = call;
      this.#vars = { ...snapshot };
      this.#told = { state: snapshot.state, api: apiOf(snapshot) };
      this.#flags = makeFlags(
        () => this.#setting("flags"),
        (value) => this.#assign("flags", value),
      );
    }

    get name() { return this.#vars.name; }
    get state() { return this.#vars.state; }
    get stateName() { return STATE_NAMES[this.#vars.state] ?? "missing"; }
    get ip() { return this.#vars.ip; }
    get cpus() { return this.#vars.cpus; }
    get memory() { return this.#vars.memory; }
    get disk() { return this.#vars.disk; }
    get apiURL() { return this.#vars.apiURL; }
    get apiAvailable() { return this.#vars.apiAvailable; }
    get rdpURL() { return this.#vars.rdpURL; }

    get executionCap() { return this.#setting("executionCap"); }
    set executionCap(value) { this.#assign("executionCap", value); }
    get version() { return this.#setting("version"); }
    set version(value) { this.#assign("version", value); }
    get flavor() { return this.#setting("flavor"); }
    set flavor(value) { this.#assign("flavor", value); }
    get diskURL() { return this.#setting("diskURL"); }
    set diskURL(value) { this.#assign("diskURL", value); }
    get diskChecksum() { return this.#setting("diskChecksum"); }
    set diskChecksum(value) { this.#assign("diskChecksum", value); }
    get flags() { return this.#flags; }
    set flags(value) { this.#assign("flags", flagsValue(value, this.#setting("flags"))); }

    /**
     * @param {Record<string, unknown>} [values] for the ${macros} of the user data
     * @param {{signal?: AbortSignal}} [options]
     */
    start(values, options) {
      const texts = Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, String(value)]));
      return this.#work("start", { values: texts }, options?.signal);
    }
    stop() { return this.#work("stop"); }
    pause() { return this.#work("pause"); }
    resume() { return this.#work("resume"); }
    hibernate() { return this.#work("hibernate"); }
    reset() { return this.#work("reset"); }
    close() { return this.#work("close"); }
    sync() { return this.#act("sync"); }
    /** @param {CernVM.WaitOptions} [options] */
    waitForAPI(options) { return quiet(waitForAPI(this, options)); }
    openRDPWindow() { return this.#act("openRDPWindow"); }

    /**
     * @param {string} path
     * @param {CernVM.FetchInit} [init]
     */
    fetch(path, init) {
      const { session } = this.#vars;
      const call = (/** @type {Record<string, unknown>} */ params, /** @type {CallOptions} */ options) =>
        this.#call("fetch", { ...params, session }, options);
      return quiet(fetchFromApplication(call, path, init));
    }

    /**
     * @param {string} name
     * @param {(value: unknown) => void} [onValue]
     */
    getAsync(name, onValue) {
      const answer = this.#askInOrder("getSetting", { name: String(name) });
      return quiet(answer.then(({ value }) => called(onValue, value)));
    }

    /**
     * @param {string} name
     * @param {unknown} value
     * @param {(value: unknown) => void} [onDone]
     */
    setAsync(name, value, onDone) {
      return quiet(this.#askInOrder("setSetting", { name: String(name), value }).then(() => called(onDone, value)));
    }

    /** @param {string} name */
    getProperty(name) {
      const properties = this.#vars.properties;
      return Object.hasOwn(properties, name) ? properties[name] : "";
    }

    /**
     * @param {string} name
     * @param {unknown} value
     */
    setProperty(name, value) {
      const text = String(value);
      this.#vars.properties = { ...this.#vars.properties, [name]: text };
      return quiet(this.#askInOrder("setProperty", { name: String(name), value: text }).then(() => {}));
    }

    /**
     * @param {Session} session
     * @param {string} event
     * @param {any[]} args
     */
    static hear(session, event, args) {
      if (event === "vars") Object.assign(session.#vars, args[0]);
      else if (event === "stateChanged") session.#update({ state: args[0] });
      else if (event === "apiStateChanged") session.#update({ apiAvailable: args[0], apiURL: args[1] });
      else {
        if (event === "failed") session.#failures++;
        Dispatcher.fire(session, event, args);
      }
    }

    /**
     * @param {Session} session
     * @param {Partial<Snapshot>} vars
     */
    static refresh(session, vars) {
      session.#update(vars);
    }

    /** @param {Partial<Snapshot>} vars */
    #update(vars) {
      Object.assign(this.#vars, vars);
      const { state, apiAvailable, apiURL } = this.#vars;
      const before = this.#told;
      this.#told = { state, api: apiOf(this.#vars) };
      if (state !== before.state) Dispatcher.fire(this, "stateChanged", [state]);
      if (this.#told.api !== before.api) Dispatcher.fire(this, "apiStateChanged", [apiAvailable, apiURL]);
    }

    /**
     * A task with an end, which those who iterate its progress wait for.
     * @param {string} action
     * @param {Record<string, unknown>} [params]
     * @param {AbortSignal} [signal]
     */
    #work(action, params, signal) {
      const answer = this.#act(action, params, signal);
      const over = () => Dispatcher.over(this);
      answer.then(over, over);
      return answer;
    }

    /**
     * @param {string} action
     * @param {Record<string, unknown>} [params]
     * @param {AbortSignal} [signal]
     */
    #act(action, params = {}, signal) {
      return quiet(
        this.#ask(action, params, signal).then((snapshot) => {
          if (snapshot?.session) this.#update(snapshot);
          return this;
        }),
      );
    }

    /**
     * Whatever fails is heard as `failed` too, once, whether or not the host said so itself.
     * @param {string} action
     * @param {Record<string, unknown>} params
     * @param {AbortSignal} [signal]
     */
    async #ask(action, params, signal) {
      const failures = this.#failures;
      const begun = !signal?.aborted;
      try {
        return await this.#call(action, { session: this.#vars.session, ...params }, { signal });
      } catch (error) {
        // Of a task that is given up on its way, the host tells when it has let go of it.
        const hostTells = begun && signal?.aborted;
        if (failures === this.#failures && !hostTells) Dispatcher.fire(this, "failed", [/** @type {Error} */ (error).message]);
        throw error;
      }
    }

    /**
     * What is assigned last is what stays: the host does what it is asked for at the same time in any order.
     * @param {string} action
     * @param {Record<string, unknown>} params
     */
    #askInOrder(action, params) {
      const answer = this.#settled.then(() => this.#ask(action, params));
      this.#settled = answer.catch(() => {});
      return answer;
    }

    /**
     * An assignment shows at once, and is taken back when the host refuses it.
     * @template {SettingName} N
     * @param {N} name
     * @param {unknown} value
     */
    #assign(name, value) {
      const mine = { value };
      this.#assigned.set(name, mine);
      this.#askInOrder("setSetting", { name, value })
        .then((answer) => Object.assign(this.#vars, { [name]: answer.value }))
        .catch(() => {})
        .then(() => this.#assigned.get(name) === mine && this.#assigned.delete(name));
    }

    /**
     * @template {SettingName} N
     * @param {N} name
     * @returns {Snapshot[N]}
     */
    #setting(name) {
      const assigned = this.#assigned.get(name);
      return /** @type {Snapshot[N]} */ (assigned ? assigned.value : this.#vars[name]);
    }
  }

  /** @param {{apiAvailable: boolean, apiURL: string}} vars */
  function apiOf({ apiAvailable, apiURL }) {
    // The address alone is no news: it is known before anything answers there.
    return apiAvailable ? apiURL : null;
  }

  /**
   * @template T
   * @param {((value: T) => void) | undefined} callback
   * @param {T} value
   */
  function called(callback, value) {
    if (typeof callback === "function") callSafely(() => callback(value));
    return value;
  }

  cvmParts.Session = Session;
})();
