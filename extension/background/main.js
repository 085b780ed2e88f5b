// The background of the extension: pages on one side, the program on this computer on the other.
import "../shared/text-parameters.js";
import "../shared/translation.js";
import "../shared/error-codes.js";
import "../shared/error-text.js";
import "../shared/protocol.js";
import "../shared/request-shape.js";
import "../shared/pace.js";
import { renewTranslation } from "./language.js";
import { NativePort } from "./native-port.js";
import { isPage } from "./origins.js";
import { Questions } from "./questions.js";
import { Router } from "./router.js";
import { renewRelays } from "./successors.js";
import { Screens } from "./screens.js";
import { showRunning } from "./badge.js";
import { welcome } from "./welcome.js";
import { isOurs, WindowPorts } from "./window-ports.js";

const native = new NativePort();
const screens = new Screens();
const router = new Router(native, screens);
const windows = new WindowPorts(native);
const questions = new Questions((question, answer) => {
  const tell = (/** @type {ConfirmAnswer} */ said) =>
    native.request("answerQuestion", { question, ...said }, { kind: "extension" }).answer;
  // What the host can't take is no yes. A host that is gone needs no answer: the machine it asked for is not started.
  tell(answer).catch(() => tell({ yes: false, answer: "" })).catch(() => {});
});

native.onEvent = (event) => {
  if (event.event === "runningChanged" && !event.session) showRunning(event.args[0]);
  router.deliver(event);
  windows.deliver(event);
  screens.deliver(event);
};
native.onQuestion = (message) => questions.ask(message);
native.onQuestionGone = (question) => questions.withdraw(question);
native.onLost = () => {
  questions.withdrawAll();
  router.hostLost();
  windows.hostLost();
  showRunning(0);
};

// Listeners are set at once, before anything is awaited: a background that was suspended is woken by their events.
chrome.runtime.onConnect.addListener((port) => {
  if (isPage(port.name)) router.addPage(port);
  else if (port.name === "window") {
    windows.add(port);
    if (isOurs(port.sender)) screens.adopt(port.sender);
  }
});
chrome.runtime.onInstalled.addListener(({ reason }) => {
  welcome(reason);
  renewTranslation().catch(() => {});
});
chrome.runtime.onMessage.addListener((message, sender, respond) => {
  respond(questions.fromWindow(message, sender));
});
chrome.windows?.onRemoved.addListener((id) => {
  questions.windowClosed(id);
  screens.windowClosed(id);
});
chrome.tabs.onRemoved.addListener((id) => {
  questions.tabClosed(id);
  screens.tabClosed(id);
});
void renewRelays();
