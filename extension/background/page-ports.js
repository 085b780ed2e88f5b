// One connected frame of a page: who it is, which sessions it opened, and which of its requests are under way.
import { askerOf } from "./origins.js";

export class PagePort {
  #port;
  /** @type {Set<string>} */
  sessions = new Set();
  /** Ids of the page → ids of the host. @type {Map<RequestMessage["id"], string>} */
  requests = new Map();
  /** Ids of requests that the administrator's policy is still asked about. @type {Set<RequestMessage["id"]>} */
  opening = new Set();
  /** Those of them that go to applications, by the page's ids. @type {Set<RequestMessage["id"]>} */
  fetches = new Set();

  /**
   * @param {chrome.runtime.Port} port
   * @param {(page: PagePort, message: unknown) => void} onMessage
   * @param {(page: PagePort) => void} onGone
   */
  constructor(port, onMessage, onGone) {
    this.#port = port;
    const { origin, fault, foreign } = askerOf(port);
    this.fault = fault;
    this.origin = origin;
    this.foreign = foreign;
    /** @type {Caller} */
    this.caller = { kind: "page", origin, tab: port.sender?.tab?.id ?? -1, ...(foreign ? { foreignFrame: true } : {}) };
    port.onMessage.addListener((message) => onMessage(this, message));
    port.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      onGone(this);
    });
  }

  /** @param {AnswerMessage | EventMessage} message */
  post(message) {
    try {
      this.#port.postMessage(message);
    } catch {
      // The frame is gone; onDisconnect follows.
    }
  }
}
