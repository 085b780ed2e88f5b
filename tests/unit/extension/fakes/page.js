// A fake of what windows of the extension see of themselves: a document, a window, and elements that a test can press.
// No rendering, no bubbling, no capturing: a listener hears what is dispatched at its own target.

/** @typedef {(event: any) => void} Listener */

class FakeTarget {
  /** @type {[string, Listener][]} */
  #listeners = [];

  /**
   * @param {string} name
   * @param {Listener} listener
   */
  addEventListener(name, listener) {
    this.#listeners.push([name, listener]);
  }

  /**
   * An event as the browser dispatches it for the user's doing.
   * @param {string} name
   * @param {Record<string, unknown>} [more] of the event
   * @returns {any} the event
   */
  happens(name, more = {}) {
    const event = { type: name, isTrusted: true, defaultPrevented: false, stopped: false, target: this, ...more };
    Object.assign(event, {
      preventDefault: () => (event.defaultPrevented = true),
      stopPropagation: () => (event.stopped = true),
    });
    for (const [heard, listener] of this.#listeners) if (heard === name) listener(event);
    return event;
  }
}

export class FakeElement extends FakeTarget {
  hidden = false;
  className = "";
  textContent = "";
  /** @type {string | null} */
  ariaDisabled = null;
  /** @type {any[]} */
  children = [];
  /** @type {Map<string, string>} */
  attributes = new Map();
  focused = 0;
  classes = new Map();
  classList = { toggle: (/** @type {string} */ name, /** @type {boolean} */ on) => void this.classes.set(name, on) };

  /** @param {string} [tag] */
  constructor(tag = "div") {
    super();
    this.tagName = tag;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  /** @param {...any} children */
  append(...children) {
    this.children.push(...children);
  }

  /** @param {...any} children */
  replaceChildren(...children) {
    this.children = children;
  }

  focus() {
    this.focused++;
  }

  /** All that is written in it. @returns {string} */
  get text() {
    return this.children.length ? this.children.map((child) => (typeof child === "string" ? child : child.text)).join("") : this.textContent;
  }
}

class FakeDocument extends FakeTarget {
  visibilityState = "visible";
  focused = true;
  /** @type {Map<string, FakeElement>} */
  elements = new Map();

  get hidden() {
    return this.visibilityState !== "visible";
  }

  hasFocus() {
    return this.focused;
  }

  /** @param {string} tag */
  createElement(tag) {
    return new FakeElement(tag);
  }

  /** Every element is there, from when it is asked for. @param {string} id @returns {any} */
  getElementById(id) {
    const element = this.elements.get(id) ?? new FakeElement();
    this.elements.set(id, element);
    return element;
  }
}

/** @returns {{document: any, window: any}} what the globals of these names are from now on */
export function fakePage() {
  const window = Object.assign(new FakeTarget(), { screenX: 20, screenY: 30 });
  const document = new FakeDocument();
  const addEventListener = window.addEventListener.bind(window);
  Object.assign(globalThis, { window, document, addEventListener });
  return { document, window };
}
