// The page after the add-on was installed: checks step by step what else a computer needs, and notices when it is there.
import { ask, onEvents } from "../host.js";
import { fillTexts, text } from "../texts.js";
import { STEPS, steps } from "./steps.js";

/** Milliseconds between two looks. */
const EVERY = 4000;
/** @type {Record<string, string>} */
const MARKS = { ok: "✓", problem: "!", warning: "!", unknown: "?", waiting: "" };

const list = element("steps");
const result = element("result");
/** @type {Map<string, ReturnType<typeof makeStep>>} */
const shown = new Map();
let looking = false;
let ready = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;

fillTexts(document);
document.title = text("welcomeTitle");
for (const { id, title } of STEPS) {
  const made = makeStep(text(title));
  shown.set(id, made);
  list.append(made.item);
}
const { os } = await chrome.runtime.getPlatformInfo();
window.addEventListener("focus", look);
document.addEventListener("visibilitychange", look);
onEvents(({ event }) => {
  if (event === "disconnected") ready = false;
});
look();

async function look() {
  if (looking || document.visibilityState === "hidden") return;
  looking = true;
  clearTimeout(next);
  try {
    const { checks } = await ask("diagnose", { extension: chrome.runtime.getManifest().version });
    show(steps(checks.map(cvmErrorText.translateCheck), null, ""));
  } catch (error) {
    const installation = os === "win" ? "py -m pipx install cernvm-webapi" : "pipx install cernvm-webapi";
    show(steps(null, /** @type {ErrorData} */ (error), `${installation}\ncernvm-webapi install`));
  } finally {
    looking = false;
    // When all is well, only a look at the page looks again.
    if (!ready) next = setTimeout(look, EVERY);
  }
}

/** @param {import("./steps.js").Step[]} found */
function show(found) {
  for (const step of found) shown.get(step.id)?.update(step);
  ready = found.every(({ status }) => status !== "problem" && status !== "waiting");
  const words = ready ? text("welcomeReady") : text("welcomeLooking");
  if (result.textContent !== words) result.textContent = words;
  result.classList.toggle("ready", ready);
}

/** @param {string} title */
function makeStep(title) {
  const item = leaf("li", "step waiting");
  const mark = leaf("span", "mark");
  mark.ariaHidden = "true";
  const heading = leaf("h2", "");
  heading.textContent = title;
  const status = leaf("p", "said");
  const said = leaf("p", "said");
  const command = leaf("code", "");
  const button = document.createElement("button");
  button.type = "button";
  button.hidden = command.hidden = true;
  item.append(mark, heading, status, said, command, button);

  /** @param {import("./steps.js").Step} step */
  function update(step) {
    item.className = `step ${step.status}`;
    say(mark, MARKS[step.status]);
    say(status, text(`welcome_${step.status}`));
    say(said, step.said);
    command.hidden = !step.command;
    say(command, step.command);
    const act = step.repair ? "welcomeRepair" : step.command ? "welcomeCopy" : step.page ? "welcomeGet" : "";
    button.hidden = !act;
    if (act && button.dataset.act !== act) button.textContent = text(act);
    button.dataset.act = act;
    button.onclick = () => help(step, button);
  }
  return { item, update };
}

/**
 * The one button of a step: does it, or puts what does it at hand.
 * @param {import("./steps.js").Step} step
 * @param {HTMLButtonElement} button
 */
async function help(step, button) {
  if (step.repair) {
    await ask("repair", { id: step.repair }).catch((error) => (button.textContent = error.message));
    look();
  } else if (step.command) {
    await navigator.clipboard.writeText(step.command);
    button.textContent = text("welcomeCopied");
    delete button.dataset.act;
  } else chrome.tabs.create({ url: step.page });
}

/**
 * @param {HTMLElement} target
 * @param {string} content
 */
function say(target, content) {
  if (target.textContent !== content) target.textContent = content;
}

/**
 * @param {string} tag
 * @param {string} className
 */
function leaf(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
