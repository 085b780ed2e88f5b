// Windows of the extension: their requests go to the host in the extension's own name, and they hear of all sessions.
// That name is powerful, so it is lent only to our own pages, as the browser names them.
import { errorData } from "./errors.js";

const FOLDER = "windows/";
// All else is the background's own to say, or a page's.
const OF_WINDOWS = new Set(cvmProtocol.OF_WINDOWS);

export class WindowPorts {
  #native;
  /** Open windows, and their requests under way: the host's id → the window's. @type {Map<chrome.runtime.Port, Map<string, string>>} */
  #windows = new Map();

  /** @param {import("./native-port.js").NativePort} native */
  constructor(native) {
    this.#native = native;
  }

  /** @param {chrome.runtime.Port} port */
  add(port) {
    if (!isOurs(port.sender)) return port.disconnect();
    const requests = new Map();
    this.#windows.set(port, requests);
    this.#native.keep("windows", true);
    port.onMessage.addListener((message) => this.#forward(port, requests, message));
    port.onDisconnect.addListener(() => this.#remove(port));
  }

  /** @param {EventMessage} message the host's */
  deliver(message) {
    for (const [port, requests] of this.#windows) {
      if (message.request === undefined) port.postMessage(message);
      else {
        const request = requests.get(String(message.request));
        if (request !== undefined) port.postMessage({ ...message, request });
      }
    }
  }

  hostLost() {
    for (const port of this.#windows.keys()) port.postMessage({ event: "disconnected", args: [] });
  }

  /** @param {chrome.runtime.Port} port */
  #remove(port) {
    this.#windows.delete(port);
    this.#native.keep("windows", this.#windows.size > 0);
  }

  /**
   * @param {chrome.runtime.Port} port
   * @param {Map<string, string>} requests of that window under way
   * @param {any} message
   */
  async #forward(port, requests, { id, action, params }) {
    try {
      if (action === "hello") return this.#answer(port, { id, result: await this.#native.hello() });
      if (!OF_WINDOWS.has(action)) throw new Error(`${action} is not a window's to say`);
      const { id: hostId, answer } = this.#native.request(action, params, { kind: "extension" });
      requests.set(hostId, id);
      this.#answer(port, { id, result: await answer.finally(() => requests.delete(hostId)) });
    } catch (error) {
      this.#answer(port, { id, error: errorData(error) });
    }
  }

  /**
   * @param {chrome.runtime.Port} port
   * @param {AnswerMessage} message
   */
  #answer(port, message) {
    // What was asked is done also for a window that has closed meanwhile.
    if (this.#windows.has(port)) port.postMessage(message);
  }
}

/** @param {chrome.runtime.MessageSender | undefined} sender */
export function isOurs(sender) {
  return sender?.id === chrome.runtime.id && Boolean(sender.url?.startsWith(chrome.runtime.getURL(FOLDER)));
}
