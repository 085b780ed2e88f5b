// The popup of the button in the toolbar: all virtual machines of this user, live.
import { ask, onEvents } from "../host.js";
import { fillTexts, text } from "../texts.js";
import { MachineRow } from "./machine.js";

/** Milliseconds between two looks at what the machines use. */
const EVERY = 1000;
const LIVELY = new Set(["stateChanged", "failure", "runningChanged"]);
const RUNNING = cvmProtocol.STATES.running;

const list = element("machines");
const status = element("status");
const trouble = element("trouble");
const pauseAll = element("pause-all");
const corner = /** @type {HTMLInputElement} */ (element("corner"));
/** @type {Map<string, MachineRow>} */
const rows = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;
let looking = false;

fillTexts(document);
document.title = text("machinesTitle");
pauseAll.addEventListener("click", pauseEveryOne);
chrome.storage.local.get({ status_corner: true }).then(({ status_corner }) => (corner.checked = Boolean(status_corner)));
corner.addEventListener("change", () => chrome.storage.local.set({ status_corner: corner.checked }));
onEvents(({ event }) => {
  if (LIVELY.has(event)) look();
});
look();

async function look() {
  if (looking) return;
  looking = true;
  clearTimeout(next);
  try {
    const { sessions } = await ask("listSessions");
    show(sessions);
    trouble.hidden = true;
  } catch (error) {
    complain(/** @type {ErrorData} */ (error));
  } finally {
    looking = false;
    next = setTimeout(look, EVERY);
  }
}

/** @param {MachineData[]} machines */
function show(machines) {
  const there = new Set(machines.map(({ session }) => session));
  for (const [session, row] of rows) {
    if (there.has(session)) continue;
    row.item.remove();
    rows.delete(session);
  }
  for (const machine of machines) {
    const row = rows.get(machine.session);
    if (row) row.update(machine);
    else add(machine);
  }
  status.hidden = machines.length > 0;
  if (!machines.length) status.textContent = text("machinesNone");
  pauseAll.hidden = !machines.some(({ state }) => state === RUNNING);
}

/** @param {MachineData} machine */
function add(machine) {
  const row = new MachineRow(machine, control);
  rows.set(machine.session, row);
  list.append(row.item);
}

/**
 * @param {string} session
 * @param {Verb} verb
 */
async function control(session, verb) {
  try {
    await ask("controlSession", { session, verb });
  } finally {
    look();
  }
}

async function pauseEveryOne() {
  if (pauseAll.ariaDisabled === "true") return;
  pauseAll.ariaDisabled = "true";
  try {
    const { failed } = await ask("pauseAll");
    if (failed.length) complain(cvmErrorText.translateError(failed[0].error));
  } catch (error) {
    complain(/** @type {ErrorData} */ (error));
  } finally {
    pauseAll.ariaDisabled = "false";
    look();
  }
}

/** @param {ErrorData} error */
function complain({ message, fix }) {
  const shown = [message, fix].filter(Boolean).join("\n");
  // Said once, not every second anew.
  if (trouble.textContent !== shown) trouble.textContent = shown;
  trouble.hidden = false;
  status.hidden = true;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
