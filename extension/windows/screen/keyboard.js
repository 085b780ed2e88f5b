// The user's keyboard becomes the machine's: from a click on the screen, or Enter on it, until Ctrl + Alt are pressed and
// let go, or something else gets the focus. It never begins by itself: a window that a page brings to the front must not
// get what was meant for another.
import { ArmedWindow } from "../armed.js";
import { MODIFIERS, pressed, released } from "./scancodes.js";

export class Keyboard {
  #screen;
  #send;
  #on = false;
  #forClicks;
  /** An Enter may be on its way to another window when this one comes to the front. */
  #forKeys = new ArmedWindow(() => {});
  /** Modifiers that the machine takes for pressed. @type {Set<string>} */
  #held = new Set();
  /** Ctrl + Alt are held, and nothing else was pressed since the first of them. */
  #leaving = false;

  /** @type {(on: boolean) => void} */
  onChange = () => {};
  /** Whether the machine can take keys. */
  enabled = false;

  /**
   * @param {HTMLElement} screen
   * @param {(codes: number[]) => void} send scancodes that belong together
   */
  constructor(screen, send) {
    this.#screen = screen;
    this.#send = send;
    this.#forClicks = new ArmedWindow((on) => (screen.ariaDisabled = String(!on)), false);
    screen.addEventListener("click", (event) => {
      if (this.#forClicks.counts(event)) this.#begin();
    });
    // In the capturing phase, before any other listener and before the browser's own keys.
    screen.addEventListener("keydown", (event) => this.#down(event), true);
    screen.addEventListener("keyup", (event) => this.#up(event), true);
    screen.addEventListener("blur", () => this.end());
    addEventListener("blur", () => this.end());
    document.addEventListener("visibilitychange", () => document.hidden && this.end());
  }

  /** @returns {boolean} whether keys go to the machine */
  get on() {
    return this.#on;
  }

  /** Give the keyboard back, with no key left pressed in the machine. */
  end() {
    this.releaseAll();
    if (!this.#on) return;
    this.#on = false;
    this.onChange(false);
  }

  releaseAll() {
    const held = [...this.#held].reverse();
    this.#held.clear();
    this.#leaving = false;
    this.#send(held.flatMap(released));
  }

  #begin() {
    if (this.#on || !this.enabled) return;
    this.#on = true;
    this.#screen.focus();
    this.onChange(true);
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (!event.isTrusted) return;
    if (!this.#on) {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      if (!event.repeat && this.#forKeys.counts(event)) this.#begin();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const { code } = event;
    if (MODIFIERS.has(code)) return this.#hold(event);
    this.#leaving = false;
    this.#dropLost(event);
    // Pressed and let go in one: were the release to come late, the machine would repeat the key meanwhile. Held down, the
    // user's own keyboard repeats it.
    this.#send([...pressed(code), ...released(code)]);
  }

  /** @param {KeyboardEvent} event of a modifier */
  #hold({ code, key }) {
    if (this.#held.has(code)) return;
    // AltGr comes as Ctrl and Alt on Windows; no keyboard sends that.
    if (code === "AltRight" && key === "AltGraph" && this.#held.delete("ControlLeft")) this.#send(released("ControlLeft"));
    this.#held.add(code);
    this.#send(pressed(code));
    this.#leaving = [...this.#held].sort().join() === "AltLeft,ControlLeft";
  }

  /** @param {KeyboardEvent} event */
  #up(event) {
    if (!this.#on || !event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.#held.has(event.code)) return;
    if (this.#leaving) return this.end();
    this.#held.delete(event.code);
    this.#send(released(event.code));
  }

  /**
   * The release of a key that the system keeps for itself (Alt + Tab) may never be told.
   * @param {KeyboardEvent} event
   */
  #dropLost(event) {
    for (const code of [...this.#held]) {
      const name = code.replace(/Left|Right/, "");
      if (event.getModifierState(name) || (code === "AltRight" && event.getModifierState("AltGraph"))) continue;
      this.#held.delete(code);
      this.#send(released(code));
    }
  }
}
