// A fake chrome.runtime.Port: what a test says on it is heard by the code under test, and what that posts is kept.

/** A fake of the browser's events. @template {any[]} A */
export class FakeEvent {
  /** @type {Set<(...args: A) => void>} */
  #listeners = new Set();

  /** @param {(...args: A) => void} listener */
  addListener(listener) {
    this.#listeners.add(listener);
  }

  /** @param {A} args */
  fire(...args) {
    for (const listener of this.#listeners) listener(...args);
  }
}

export class FakePort {
  /** What came out of the code under test. @type {any[]} */
  posted = [];
  connected = true;
  /** @type {FakeEvent<[any, FakePort]>} */
  onMessage = new FakeEvent();
  /** @type {FakeEvent<[FakePort]>} */
  onDisconnect = new FakeEvent();

  /**
   * @param {string} [name]
   * @param {object} [sender] what the browser says of the other end
   */
  constructor(name = "", sender = undefined) {
    this.name = name;
    this.sender = sender;
  }

  /** @param {any} message */
  postMessage(message) {
    if (!this.connected) throw new Error("Attempting to use a disconnected port object");
    // As JSON, like Chromium: nothing is shared, and what is undefined does not arrive.
    this.posted.push(JSON.parse(JSON.stringify(message)));
  }

  /** Of this end: the browser tells only the other one. */
  disconnect() {
    this.connected = false;
  }

  /** @param {any} message of the other end */
  say(message) {
    this.onMessage.fire(message, this);
  }

  /** The other end has gone. */
  leave() {
    this.connected = false;
    this.onDisconnect.fire(this);
  }

  /** What came out since the last time that it was asked for. */
  taken() {
    return this.posted.splice(0);
  }
}

/** All that was begun and waits for nothing else is done. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}
