// The window that shows the screen of one machine, and takes the user's keyboard for it. The background opens it; what it
// shows comes from the program on this computer, and goes to no page.
import { fillTexts, text } from "../texts.js";
import { Keyboard } from "./keyboard.js";
import { RemoteAccess } from "./remote.js";
import { chord, typed } from "./scancodes.js";
import { Typist } from "./typist.js";
import { Viewer } from "./viewer.js";

const { STATES, STATE_NAMES } = cvmProtocol;

const session = new URLSearchParams(location.search).get("session") ?? "";
const screen = element("screen");
const typing = /** @type {HTMLDialogElement} */ (element("typing"));
const written = /** @type {HTMLTextAreaElement} */ (element("text"));
/** What is wrong with the picture, and with the keys. */
const troubles = { look: "", keys: "" };
let running = false;

fillTexts(document);
document.title = text("screenWindow");
screen.ariaLabel = text("screenWindow");

const typist = new Typist(session);
const keyboard = new Keyboard(screen, send);
const remote = new RemoteAccess(session);
const viewer = new Viewer(session, /** @type {HTMLCanvasElement} */ (element("picture")));

viewer.onTold = ({ domain, name, state }) => {
  const title = text("screenTitle", { name, domain });
  document.title = title;
  say("title", title);
  screen.ariaLabel = text("screenOf", { name, domain });
  running = state === STATES.running;
  say("state", running ? "" : text(`screen_${STATE_NAMES[state] ?? "missing"}`));
  screen.classList.toggle("old", !running);
  keyboard.enabled = running;
  if (!running) keyboard.end();
  element("keys").hidden = !running;
  remote.machineIs(running);
  complain("look", "");
  showButtons();
};
viewer.onFailure = (error) => complain("look", wordsOf(error));
typist.onSent = () => {
  viewer.keysSent();
  if (!typist.busy) complain("keys", "");
  showButtons();
};
typist.onFailure = (error) => {
  keyboard.end();
  complain("keys", wordsOf(error));
};
keyboard.onChange = (on) => {
  screen.classList.toggle("typing", on);
  say("keys", text(on ? "screenKeysOn" : "screenKeysOff"));
};

element("secure").addEventListener("click", () => {
  if (running) send(chord("ControlLeft", "AltLeft", "Delete"));
});
element("type").addEventListener("click", () => {
  if (typist.busy) return typist.stop();
  if (running) typing.showModal();
});
element("actual").addEventListener("click", ({ currentTarget }) => {
  const fit = screen.classList.toggle("fit");
  /** @type {HTMLElement} */ (currentTarget).ariaPressed = String(!fit);
});
element("cancel").addEventListener("click", () => typing.close());
typing.addEventListener("close", () => {
  // What was typed there may be a password.
  written.value = "";
  element("missing").hidden = true;
});
typing.addEventListener("submit", (event) => {
  const { units, missing } = typed(written.value);
  if (missing.length) {
    event.preventDefault();
    element("missing").hidden = false;
    return say("missing", text("screenMissing", { characters: missing.join(" ") }));
  }
  for (const unit of units) send(unit);
  showButtons();
});

addEventListener("pagehide", () => typist.leave());

/** @param {number[]} codes that belong together */
function send(codes) {
  if (typist.send(codes)) return;
  typist.stop();
  complain("keys", text("screenTooFast"));
}

function showButtons() {
  for (const id of ["secure", "type"]) element(id).ariaDisabled = String(!running);
  say("type", text(typist.busy && !keyboard.on ? "screenStop" : "screenType"));
}

/** @param {ErrorData} error */
function wordsOf({ message, fix }) {
  return [message, fix].filter(Boolean).join("\n");
}

/**
 * @param {keyof typeof troubles} about
 * @param {string} what is wrong; "" for nothing
 */
function complain(about, what) {
  troubles[about] = what;
  const all = [troubles.look, troubles.keys].filter(Boolean).join("\n");
  element("trouble").hidden = !all;
  say("trouble", all);
}

/**
 * @param {string} id
 * @param {string} content said once, not with every picture anew
 */
function say(id, content) {
  if (element(id).textContent !== content) element(id).textContent = content;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
