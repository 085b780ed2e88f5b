// Questions of the host to the user: one window of the extension at a time, the others wait for their turn.
// The answer counts only when it comes from that very window; closing the window is a no.

/** The window of each kind of question. */
const PAGES = new Map([
  ["confirmSession", "windows/confirm/confirm.html"],
  ["confirmInstall", "windows/install/install.html"],
]);
const SIZE = { width: 480, height: 640 };

export class Questions {
  #answer;
  /** The first is the one that is shown. @type {QuestionMessage[]} */
  #queue = [];
  /** @type {number | undefined} */
  #window;

  /** @param {(question: string, yes: boolean) => void} answer tells the host */
  constructor(answer) {
    this.#answer = answer;
  }

  /** @param {QuestionMessage} message */
  ask(message) {
    // A newer host may ask what this version can't show: nobody has said yes.
    if (!PAGES.has(message.question)) return this.#answer(message.id, false);
    this.#queue.push(message);
    if (this.#queue.length === 1) this.#show();
  }

  /** @param {string} question that is moot */
  withdraw(question) {
    const index = this.#queue.findIndex((asked) => asked.id === question);
    if (index === 0) this.#next();
    else if (index > 0) this.#queue.splice(index, 1);
  }

  withdrawAll() {
    this.#queue.length = Math.min(this.#queue.length, 1);
    this.#next();
  }

  /** @param {number} id of a window that was closed, by whomever */
  windowClosed(id) {
    if (id === this.#window) this.#decide(false);
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
    if (message.type === "answer" && typeof message.yes === "boolean") this.#decide(message.yes);
    return null;
  }

  /** @param {boolean} yes */
  #decide(yes) {
    const [shown] = this.#queue;
    if (shown) this.#answer(shown.id, yes);
    this.#next();
  }

  #next() {
    const open = this.#window;
    this.#window = undefined;
    this.#queue.shift();
    if (open !== undefined) close(open);
    if (this.#queue.length) this.#show();
  }

  async #show() {
    const [shown] = this.#queue;
    try {
      const opened = await chrome.windows.create({ type: "popup", url: addressOf(shown), focused: true, ...SIZE });
      const id = opened?.id;
      if (this.#queue[0] === shown) this.#window = id;
      else if (id !== undefined) close(id);
    } catch (error) {
      // Nobody can be asked, so nobody has said yes.
      console.error(error);
      if (this.#queue[0] === shown) this.#decide(false);
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

/** @param {number} id */
function close(id) {
  // It may be closed already.
  chrome.windows.remove(id).catch(() => {});
}
