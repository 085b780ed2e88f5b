// One machine of the list: built once, then only its texts change, so that nothing flickers and the focus stays.
import "../../shared/protocol.js";
import { language, megabytes, text } from "../texts.js";

const { STATE_NAMES, VERBS_IN } = cvmProtocol;
const VERBS = /** @type {readonly Verb[]} */ (cvmProtocol.VERBS);

export class MachineRow {
  item = leaf("li", "machine");
  #name = leaf("h2", "");
  #state = leaf("span", "state");
  #facts = leaf("p", "facts");
  #use = leaf("p", "facts");
  #problem = leaf("div", "problem");
  #buttons = leaf("div", "buttons");
  #remove = leaf("div", "remove");
  #open = button("open", "machinesOpen");
  #delete = button("close", "machinesRemove");
  /** @type {Map<string, HTMLButtonElement>} */
  #verbs = new Map();
  #busy = false;
  /** @type {ErrorData | null} */
  #failure = null;
  /** @type {MachineData} */
  #machine;
  #control;

  /**
   * @param {MachineData} machine
   * @param {(session: string, verb: Verb) => Promise<unknown>} control rejects with ErrorData
   */
  constructor(machine, control) {
    this.#machine = machine;
    this.#control = control;
    this.item.dataset.session = machine.session;
    const top = leaf("div", "top");
    top.append(this.#name, this.#state);
    this.#problem.hidden = true;
    this.#problem.role = "alert";
    this.#remove.hidden = true;
    for (const verb of VERBS) {
      // To remove a machine there is a button of its own.
      if (verb === "close") continue;
      const made = button(verb, `machines_${verb}`);
      made.addEventListener("click", () => this.#do(verb));
      this.#verbs.set(verb, made);
    }
    this.#open.addEventListener("click", () => this.#openSite());
    this.#delete.addEventListener("click", () => this.#askToRemove());
    this.#buttons.append(...this.#verbs.values(), this.#open, this.#delete);
    this.item.append(top, this.#facts, this.#use, this.#problem, this.#buttons, this.#remove);
    this.update(machine);
  }

  /** @param {MachineData} machine as it is now */
  update(machine) {
    this.#machine = machine;
    const state = STATE_NAMES[machine.state] ?? "missing";
    this.item.className = `machine ${state}`;
    say(this.#name, machine.domain);
    say(this.#state, text(`state_${state}`));
    say(this.#facts, [machine.name, text("machinesDisk", { size: megabytes(machine.diskUsed) }), since(machine)].join(" · "));
    const known = machine.memoryUse !== null;
    this.#use.hidden = !known;
    const use = { share: percent(machine.cpuUse ?? 0), memory: megabytes(machine.memoryUse ?? 0) };
    if (known) say(this.#use, text("machinesUse", use));
    this.#showProblem(this.#failure ?? machine.problem);
    for (const [verb, shown] of this.#verbs) {
      const possible = VERBS_IN[state].includes(verb);
      // What has the focus must not vanish under it.
      if (!possible && document.activeElement === shown) this.#delete.focus({ preventScroll: true });
      shown.hidden = !possible;
    }
    for (const made of [...this.#verbs.values(), this.#open, this.#delete]) {
      // Read aloud each button says which machine it is about.
      made.ariaLabel = `${made.textContent}: ${machine.domain}, ${machine.name}`;
    }
  }

  /** @param {ErrorData | null} error */
  #showProblem(error) {
    this.#problem.hidden = !error;
    if (error) say(this.#problem, [error.message, error.cause, error.fix].filter(Boolean).join("\n"));
  }

  /** @param {Verb} verb */
  async #do(verb) {
    if (this.#busy) return;
    this.#setBusy(true);
    this.#failure = null;
    try {
      await this.#control(this.#machine.session, verb);
    } catch (error) {
      this.#failure = /** @type {ErrorData} */ (error);
    } finally {
      this.#setBusy(false);
      this.update(this.#machine);
    }
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    this.#busy = busy;
    this.item.ariaBusy = String(busy);
    for (const made of [...this.#verbs.values(), this.#delete]) made.ariaDisabled = String(busy);
  }

  #openSite() {
    const { origin, domain } = this.#machine;
    chrome.tabs.create({ url: origin || `https://${domain}/` });
    window.close();
  }

  /** Says what would be lost, and asks once more. */
  #askToRemove() {
    if (this.#busy || !this.#remove.hidden) return;
    const no = button("keep", "machinesKeep");
    const yes = button("remove", "machinesRemoveNow");
    const choice = leaf("div", "buttons");
    choice.append(no, yes);
    const lost = leaf("p", "");
    lost.textContent = text("machinesLost", { size: megabytes(this.#machine.diskUsed) });
    lost.id = `lost-${this.#machine.session}`;
    yes.setAttribute("aria-describedby", lost.id);
    const done = () => {
      this.#remove.hidden = true;
      this.#remove.replaceChildren();
      this.#delete.focus();
    };
    no.addEventListener("click", done);
    yes.addEventListener("click", () => {
      done();
      this.#do("close");
    });
    this.#remove.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      // Escape would close the popup as well.
      event.preventDefault();
      done();
    };
    this.#remove.replaceChildren(lost, choice);
    this.#remove.hidden = false;
    // The harmless answer is the one at hand.
    no.focus();
    this.#remove.scrollIntoView({ block: "nearest" });
  }
}

/** @param {MachineData} machine */
function since({ since: at, memoryUse }) {
  const date = new Date(at * 1000);
  const today = date.toDateString() === new Date().toDateString();
  const shown = new Intl.DateTimeFormat(language, today ? { timeStyle: "short" } : { dateStyle: "medium" });
  return text(memoryUse === null ? "machinesFrom" : "machinesSince", { time: shown.format(date) });
}

/** @param {number} value */
function percent(value) {
  const format = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  return format.format(value / 100);
}

/**
 * @param {string} tag
 * @param {string} className
 * @returns {HTMLElement}
 */
function leaf(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

/**
 * @param {string} verb
 * @param {string} name of its text
 */
function button(verb, name) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.verb = verb;
  made.textContent = text(name);
  return made;
}

/**
 * @param {HTMLElement} element
 * @param {string} content
 */
function say(element, content) {
  if (element.textContent !== content) element.textContent = content;
}
