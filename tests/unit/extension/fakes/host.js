// A fake host behind the background's real port to it: says hello, and keeps every other request for the test to answer.
import { FakePort, settled } from "./port.js";

export class FakeHost {
  /** Requests that came, without the handshake. @type {any[]} */
  received = [];
  /** @type {FakePort | null} */
  port = null;
  info = { protocol: 1, version: "3.0.0", capabilities: ["vmcp"], platform: "linux" };

  /** For chrome.runtime.connectNative. */
  connect = () => {
    const port = new FakePort();
    this.port = port;
    const keep = port.postMessage.bind(port);
    port.postMessage = (message) => {
      keep(message);
      if (message.action === "hello") queueMicrotask(() => port.say({ id: message.id, result: this.info }));
      else this.received.push(port.posted.at(-1));
    };
    return port;
  };

  /** The last request that came. */
  get last() {
    return this.received.at(-1);
  }

  /**
   * @param {string} id of a request
   * @param {any} result
   */
  async answer(id, result) {
    this.port?.say({ id, result });
    await settled();
  }

  /** @param {any} message an event or a question */
  say(message) {
    this.port?.say(message);
  }

  /** It crashes. */
  async die() {
    this.port?.leave();
    await settled();
  }
}
