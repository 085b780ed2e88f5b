"use strict";

const element = (id) => document.getElementById(id);
// Parameters in the page's own address are passed on: handy for trying things out.
const vmcpURL = new URL(`/vmcp${location.search}`, location.href).href;
let session = null;

element("start").addEventListener("click", () => {
  showError(null);
  showBusy("Connecting …");
  if (!window.CVM) {
    showError({
      message: "CernVM WebAPI is not installed in this browser.",
      fix: "Install it, reload this page, and click Start again.",
    });
    return;
  }
  if (session) {
    startMachine();
    return;
  }
  CVM.startCVMWebAPI((plugin) => {
    follow(plugin);
    plugin.requestSession(vmcpURL).then(useSession).then(startMachine).catch(showError);
  }, showError);
});

element("stop").addEventListener("click", () => session.stop().then(() => showDone("")).catch(showError));
element("close").addEventListener("click", () => session.close().then(forgetSession).catch(showError));

function useSession(opened) {
  session = opened;
  follow(session);
  session.addEventListener("stateChanged", showState);
  session.addEventListener("apiStateChanged", (available, url) => (available ? readAnswer(url) : showAnswer("")));
  showState();
  if (session.apiAvailable) readAnswer(session.apiURL);
}

function startMachine() {
  showBusy("Starting …");
  return session.start({ visitor: element("visitor").value || "volunteer" }).then(awaitAnswer).catch(showError);
}

// Running is not ready yet: the system inside has to boot.
function awaitAnswer() {
  if (!element("answer").textContent) showBusy("Your machine runs. It will speak up in a moment …");
}

function forgetSession() {
  session = null;
  showDone("");
  showAnswer("");
  showState();
}

// The machine's own web server, reached through a port of this computer.
async function readAnswer(url) {
  try {
    const response = await fetch(new URL("/user-data", url));
    showAnswer(await response.text());
    showDone("Your machine is at work.");
  } catch (error) {
    showError({ message: "Your machine is up, but its answer could not be read.", fix: error.message });
  }
}

const followed = new WeakSet();

function follow(source) {
  if (followed.has(source)) return;
  followed.add(source);
  source.addEventListener("started", (message) => showBusy(message));
  source.addEventListener("progress", showBusy);
  source.addEventListener("completed", showDone);
}

function showBusy(message, fraction) {
  const bar = element("progress");
  bar.hidden = false;
  // Without a value the bar shows that something goes on, not how far it is.
  if (fraction === undefined) bar.removeAttribute("value");
  else bar.value = fraction;
  element("message").textContent = message;
}

function showDone(message) {
  element("progress").hidden = true;
  element("message").textContent = message;
}

function showState() {
  const name = session ? session.stateName : "not started";
  element("state").textContent = name;
  element("dot").classList.toggle("running", name === "running");
  element("start").disabled = name === "running";
  element("stop").disabled = !["running", "paused"].includes(name);
  element("close").disabled = !session;
}

function showAnswer(text) {
  element("answer").textContent = text;
}

// Old pages get a text and a number; promises are rejected with an Error that also says what to do (fix).
function showError(error) {
  const box = element("error");
  box.replaceChildren();
  box.hidden = !error;
  if (!error) return;
  showDone("");
  const { message = String(error), fix = "" } = error;
  for (const [kind, text] of [["what", message], ["fix", fix]]) {
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = text;
    box.append(line);
  }
}
