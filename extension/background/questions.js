// Questions of the host to the user: one window of the extension at a time, the others wait for their turn.
// The answer counts only when it comes from that very window; closing the window is a no.
import { showWindow } from "./show-window.js";

/** The window of each kind of question. */
const PAGES = new Map([
  ["confirmSession", "windows/confirm/confirm.html"],
  ["confirmInstall", "windows/install/install.html"],
  ["confirmRemedy", "windows/remedy/remedy.html"],
]);
const SIZE = { width: 520, height: 740 };
const NO = { yes: false, answer: "" };

export class Questions {
  #answer;
  /** The first is the one that is shown. @type {QuestionMessage[]} */
  #queue = [];
  /** Closes the window that is shown. @type {(() => void) | undefined} */
  #close;
  /** Ids of that window, and of its tab where no window could be opened. @type {{window?: number, tab?: number}} */
  #shown = {};

  /** @param {(question: string, answer: ConfirmAnswer) => void} answer tells the host */
  constructor(answer) {
    this.#answer = answer;
  }

  /** @param {QuestionMessage} message */
  ask(message) {
    // A newer host may ask what this version can't show: nobody has said yes.
    if (!PAGES.has(message.question)) return this.#answer(message.id, NO);
    this.#queue.push(message);
    if (this.#queue.length === 1) this.#show();
  }

  /** @param {string} question that is moot */
  withdraw(question) {
    const index = this.#queue.findIndex((asked) => asked.id === question);
    if (index === 0) this.#next();
    else if (index !== -1) this.#queue.splice(index, 1);
  }

  withdrawAll() {
    this.#queue.length = Math.min(this.#queue.length, 1);
    this.#next();
  }

  /** @param {number} id of a window that was closed, by whomever */
  windowClosed(id) {
    if (id === this.#shown.window) this.#decide(NO);
  }

  /** @param {number} id of a tab that was closed */
  tabClosed(id) {
    if (id === this.#shown.tab) this.#decide(NO);
  }

  /**
   * @param {any} message
   * @param {chrome.runtime.MessageSender} sender
   * @returns {object | null} details of a question, or null: the question is moot, or not this window's
   */
  fromWindow(message, sender) {
    const shown = this.#queue[0];
    if (!shown || message?.question !== shown.id || !isWindowOf(shown, sender)) return null;
    if (message.type === "questionDetails") return shown.details;
    if (message.type === "answer" && typeof message.yes === "boolean") {
      // Whether answer and resources make sense is the host's to check.
      const { yes, answer, resources } = message;
      this.#decide({ yes, ...(answer === undefined ? {} : { answer }), ...(resources ? { resources } : {}) });
    }
    return null;
  }

  /** @param {ConfirmAnswer} answer to the one that is shown */
  #decide(answer) {
    this.#answer(this.#queue[0].id, answer);
    this.#next();
  }

  #next() {
    const close = this.#close;
    this.#close = undefined;
    this.#shown = {};
    this.#queue.shift();
    close?.();
    if (this.#queue.length) this.#show();
  }

  async #show() {
    const [shown] = this.#queue;
    try {
      const opened = await showWindow(addressOf(shown), SIZE);
      if (this.#queue[0] !== shown) return opened.close();
      this.#shown = opened.ids;
      this.#close = opened.close;
    } catch (error) {
      // Nobody can be asked, so nobody has said yes.
      console.error(error);
      if (this.#queue[0] === shown) this.#decide(NO);
    }
  }
}

/** @param {QuestionMessage} question */
function addressOf(question) {
  return `${chrome.runtime.getURL(/** @type {string} */ (PAGES.get(question.question)))}?question=${encodeURIComponent(question.id)}`;
}

/**
 * @param {QuestionMessage} question
 * @param {chrome.runtime.MessageSender} sender
 */
function isWindowOf(question, sender) {
  return sender.id === chrome.runtime.id && sender.url === addressOf(question);
}
