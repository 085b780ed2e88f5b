// The port to the program on this computer: opened by the first request, with `hello` sent ahead of it unasked.
import { cvmError, hostError } from "./errors.js";
import { whyHostLost } from "./host-loss.js";

const HOST = "ch.cern.cernvm.webapi";
const PROTOCOL = cvmProtocol.NUMBER;

/** Milliseconds without a page or a request after which the host may go: an open port keeps host and background alive. */
const IDLE = 30_000;

/** Milliseconds for the first answer: a computer that has just woken up is slow; a program that is not ours may say nothing. */
const HELLO_WITHIN = 30_000;

/** @typedef {{resolve: (result: any) => void, reject: (error: unknown) => void}} Pending */

export class NativePort {
  /** @type {chrome.runtime.Port | null} */
  #port = null;
  /** @type {Promise<HostInfo> | null} */
  #hello = null;
  #lastId = 0;
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  /** Who needs the host: pages, windows. @type {Set<string>} */
  #users = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle;

  /** @type {(event: EventMessage) => void} */
  onEvent = () => {};
  /** @type {(message: QuestionMessage) => void} */
  onQuestion = () => {};
  /** @type {(question: string) => void} */
  onQuestionGone = () => {};
  onLost = () => {};

  /**
   * @returns {Promise<HostInfo>} what the host said of itself
   * @throws {CVMError} (rejects) hostMissing, hostForbidden, hostCrashed, hostTooOld, extensionTooOld
   */
  hello() {
    return this.#hello ?? this.#open();
  }

  /**
   * @param {string} action
   * @param {Record<string, unknown>} params
   * @param {Caller} caller
   * @returns {{id: string, answer: Promise<any>}} the id that events of the request carry
   */
  request(action, params, caller) {
    // Not awaited: hello and the request travel together.
    if (!this.#port) this.#open();
    return this.#send(action, params, caller);
  }

  /**
   * @param {"pages" | "windows"} users
   * @param {boolean} inUse whether any of them is connected
   */
  keep(users, inUse) {
    if (inUse) this.#users.add(users);
    else this.#users.delete(users);
    this.#watchIdle();
  }

  #open() {
    const port = chrome.runtime.connectNative(HOST);
    this.#port = port;
    port.onMessage.addListener((message) => this.#receive(message));
    port.onDisconnect.addListener((closed) => {
      const error = /** @type {any} */ (closed).error ?? chrome.runtime.lastError;
      const text = String(error?.message ?? "");
      // The browser's own words go along: they tell an admin more than ours.
      this.#lost(cvmError(whyHostLost(text), { browser: text }));
    });
    this.#hello = this.#greet();
    // Whoever asks hears of a failure; nobody may be asking.
    this.#hello.catch(() => {});
    return this.#hello;
  }

  async #greet() {
    const { version } = chrome.runtime.getManifest();
    const browser = chrome.runtime.getURL("").startsWith("moz-") ? "firefox" : "chromium";
    const params = { protocol: PROTOCOL, extension: version, browser };
    try {
      const tooLate = setTimeout(() => this.#close(cvmError("hostCrashed")), HELLO_WITHIN);
      const host = await this.#send("hello", params, { kind: "extension" }).answer.finally(() => clearTimeout(tooLate));
      return host.protocol === PROTOCOL ? host : this.#part(host.protocol);
    } catch (error) {
      const data = /** @type {any} */ (error).data;
      if (data?.name === "versionMismatch") return this.#part(data.params?.ours);
      throw error;
    }
  }

  /**
   * The next request starts the host anew: it may have been updated meanwhile.
   * @param {unknown} theirs the protocol that the host speaks
   * @returns {never}
   */
  #part(theirs) {
    const error = cvmError(Number(theirs) > PROTOCOL ? "extensionTooOld" : "hostTooOld");
    this.#close(error);
    throw error;
  }

  /**
   * @param {string} action
   * @param {Record<string, unknown>} params
   * @param {Caller} caller
   */
  #send(action, params, caller) {
    const id = String(++this.#lastId);
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#port?.postMessage({ id, action, params, caller });
    this.#watchIdle();
    return { id, answer };
  }

  /** @param {any} message */
  #receive(message) {
    if ("question" in message) this.onQuestion(message);
    else if ("questionGone" in message) this.onQuestionGone(message.questionGone);
    else if ("event" in message) this.onEvent(message);
    else this.#settle(message);
  }

  /** @param {AnswerMessage} message */
  #settle({ id, result, error }) {
    const pending = this.#pending.get(String(id));
    this.#pending.delete(String(id));
    if (error) pending?.reject(hostError(error));
    else pending?.resolve(result);
    this.#watchIdle();
  }

  /** @param {Error} error for all that wait */
  #lost(error) {
    const pending = [...this.#pending.values()];
    this.#port = null;
    this.#hello = null;
    this.#pending.clear();
    clearTimeout(this.#idle);
    for (const { reject } of pending) reject(error);
    this.onLost();
  }

  #watchIdle() {
    clearTimeout(this.#idle);
    if (this.#users.size || this.#pending.size || !this.#port) return;
    this.#idle = setTimeout(() => this.#close(cvmError("hostCrashed")), IDLE);
  }

  /** @param {Error} error */
  #close(error) {
    // This fires no onDisconnect on our side.
    this.#port?.disconnect();
    this.#lost(error);
  }
}
