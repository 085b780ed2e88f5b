import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Questions } from "../../../../extension/background/questions.js";
import { BASE, fakeChrome, ID } from "../fakes/browser.js";
import { settled } from "../fakes/port.js";

const NO = { yes: false, answer: "" };

/** What the host was told. @type {[string, any][]} */
let answers;
/** Windows that were opened; `null` stands for a browser that opens none. @type {any[] | null} */
let windows;
/** Numbers of windows and tabs that were closed. @type {string[]} */
let closed;
/** Addresses of tabs that were opened; a browser that opens none fails. @type {string[] | null} */
let tabs;
/** @type {Questions} */
let questions;

beforeEach(() => {
  answers = [];
  closed = [];
  windows = [];
  tabs = [];
  fakeChrome({
    windows: {
      create: async (/** @type {any} */ options) => {
        if (!windows) throw new Error("one window only");
        return { id: 100 + windows.push(options) };
      },
      remove: async (/** @type {number} */ id) => void closed.push(`window ${id}`),
    },
    tabs: {
      create: async (/** @type {any} */ { url }) => {
        if (!tabs) throw new Error("no tab either");
        return { id: 500 + tabs.push(url) };
      },
      remove: async (/** @type {number} */ id) => void closed.push(`tab ${id}`),
    },
  });
  questions = new Questions((question, answer) => answers.push([question, answer]));
});

/**
 * @param {string} id
 * @param {string} [kind]
 */
async function ask(id, kind = "confirmSession") {
  questions.ask(/** @type {any} */ ({ question: kind, id, details: { domain: `${id}.example` } }));
  await settled();
}

/**
 * What the browser says of a window that shows a question.
 * @param {string} id
 * @param {object} [more]
 */
function windowOf(id, more = {}) {
  return /** @type {any} */ ({ id: ID, url: `${BASE}windows/confirm/confirm.html?question=${id}`, ...more });
}

/** @param {string} question @param {object} [said] */
function answer(question, said = { yes: true, answer: "once" }) {
  return { type: "answer", question, ...said };
}

test("each kind of question has its window", async () => {
  for (const [kind, page] of [["confirmSession", "confirm"], ["confirmInstall", "install"], ["confirmRemedy", "remedy"]]) {
    await ask(`q ${kind}`, kind);
    const { url, type, focused, width, height } = /** @type {any[]} */ (windows).at(-1);
    assert.equal(url, `${BASE}windows/${page}/${page}.html?question=q%20${kind}`);
    assert.deepEqual([type, focused, width, height], ["popup", true, 520, 740]);
    questions.withdraw(`q ${kind}`);
  }
  assert.deepEqual(answers, [], "the host has withdrawn them, and wants no answer");
});

test("a question that this version does not know is a no", async () => {
  await ask("q1", "confirmSomethingNewer");
  await ask("q2", "toString");
  assert.deepEqual(answers, [["q1", NO], ["q2", NO]]);
  assert.deepEqual(windows, []);
});

test("its window learns what it is about", async () => {
  await ask("q1");
  assert.deepEqual(questions.fromWindow({ type: "questionDetails", question: "q1" }, windowOf("q1")), { domain: "q1.example" });
  assert.deepEqual(answers, []);
});

test("its window's answer counts, as it is said", async () => {
  const resources = { memory: 1024 };
  const said = [
    [{ yes: true, answer: "always", resources }, { yes: true, answer: "always", resources }],
    [{ yes: false, answer: "never" }, { yes: false, answer: "never" }],
    [{ yes: true }, { yes: true }],
    [{ yes: true, answer: "once", resources: null, more: 1, question2: "q2" }, { yes: true, answer: "once" }],
  ];
  for (const [from, told] of said) {
    await ask("q1");
    assert.equal(questions.fromWindow(answer("q1", from), windowOf("q1")), null);
    assert.deepEqual(answers.pop(), ["q1", told]);
  }
  await settled();
  assert.deepEqual(closed, ["window 101", "window 102", "window 103", "window 104"]);
});

test("an answer is a yes or a no, nothing like it", async () => {
  await ask("q1");
  for (const yes of [undefined, null, 1, "true", {}]) questions.fromWindow(answer("q1", { yes }), windowOf("q1"));
  questions.fromWindow({ type: "answered", question: "q1", yes: true }, windowOf("q1"));
  questions.fromWindow({ question: "q1", yes: true }, windowOf("q1"));
  assert.deepEqual(answers, []);
});

test("nobody else answers: no page, no other extension, no other window of ours", async () => {
  await ask("q1");
  await ask("q2");
  const strangers = [
    { id: ID, url: "https://science.example.org/confirm.html?question=q1" },
    { id: ID, url: "https://science.example.org/", origin: "https://science.example.org" },
    { id: "another-extension", url: windowOf("q1").url },
    { id: undefined, url: windowOf("q1").url },
    { id: ID, url: `${BASE}windows/install/install.html?question=q1` },
    { id: ID, url: `${BASE}windows/confirm/confirm.html?question=q2` },
    { id: ID, url: `${BASE}windows/confirm/confirm.html?question=q1#more` },
    { id: ID, url: `${BASE}windows/machines/machines.html` },
    { id: ID },
    {},
  ];
  for (const sender of strangers) {
    assert.equal(questions.fromWindow(answer("q1"), /** @type {any} */ (sender)), null);
    assert.equal(questions.fromWindow({ type: "questionDetails", question: "q1" }, /** @type {any} */ (sender)), null);
  }
  assert.deepEqual(answers, []);
});

test("the shown question alone can be answered", async () => {
  await ask("q1");
  await ask("q2");
  assert.equal(questions.fromWindow(answer("q2"), windowOf("q2")), null);
  assert.equal(questions.fromWindow({ type: "questionDetails", question: "q2" }, windowOf("q2")), null);
  assert.equal(questions.fromWindow(answer("q2"), windowOf("q1")), null);
  assert.equal(questions.fromWindow(undefined, windowOf("q1")), null);
  assert.equal(questions.fromWindow(null, windowOf("q1")), null);
  assert.deepEqual(answers, []);
});

test("without a question nothing is answered", () => {
  assert.equal(questions.fromWindow({ type: "answer", yes: true }, windowOf("q1")), null);
  questions.windowClosed(101);
  questions.withdrawAll();
  questions.withdraw("q1");
  assert.deepEqual(answers, []);
});

test("questions wait for their turn, one window at a time", async () => {
  await ask("q1");
  await ask("q2");
  await ask("q3");
  assert.equal(windows?.length, 1);
  questions.fromWindow(answer("q1", { yes: false }), windowOf("q1"));
  await settled();
  assert.equal(windows?.length, 2);
  assert.deepEqual(questions.fromWindow({ type: "questionDetails", question: "q2" }, windowOf("q2")), { domain: "q2.example" });
  questions.windowClosed(102);
  await settled();
  assert.equal(windows?.length, 3);
  assert.deepEqual(answers, [["q1", { yes: false }], ["q2", NO]]);
});

test("closing the window is a no, closing another one is not", async () => {
  await ask("q1");
  questions.windowClosed(99);
  questions.tabClosed(101);
  assert.deepEqual(answers, []);
  questions.windowClosed(101);
  assert.deepEqual(answers, [["q1", NO]]);
  questions.windowClosed(101);
  assert.equal(answers.length, 1);
});

test("the end of an answered question's window is no answer to the next one", async () => {
  await ask("q1");
  await ask("q2");
  questions.fromWindow(answer("q1"), windowOf("q1"));
  questions.windowClosed(101);
  await settled();
  questions.windowClosed(101);
  assert.deepEqual(answers, [["q1", { yes: true, answer: "once" }]]);
});

test("where no window opens it is a tab, and closing that is a no", async () => {
  windows = null;
  await ask("q1");
  assert.deepEqual(tabs, [`${BASE}windows/confirm/confirm.html?question=q1`]);
  questions.tabClosed(7);
  questions.windowClosed(501);
  assert.deepEqual(answers, []);
  questions.tabClosed(501);
  assert.deepEqual(answers, [["q1", NO]]);
});

test("where nothing opens nobody has said yes", async () => {
  windows = tabs = null;
  const said = mock.method(console, "error", () => {});
  await ask("q1");
  assert.deepEqual(answers, [["q1", NO]]);
  assert.equal(said.mock.callCount(), 1);
  windows = [];
  await ask("q2");
  assert.equal(windows.length, 1, "the next one has its turn");
  said.mock.restore();
});

test("a withdrawn question closes its window, and the next one has its turn", async () => {
  await ask("q1");
  await ask("q2");
  await ask("q3");
  questions.withdraw("q2");
  questions.withdraw("unknown");
  assert.deepEqual(closed, []);
  questions.withdraw("q1");
  await settled();
  assert.deepEqual(closed, ["window 101"]);
  assert.deepEqual(questions.fromWindow({ type: "questionDetails", question: "q3" }, windowOf("q3")), { domain: "q3.example" });
  assert.deepEqual(answers, []);
});

test("a question that is withdrawn while its window opens takes that window along", async () => {
  questions.ask(/** @type {any} */ ({ question: "confirmSession", id: "q1", details: {} }));
  questions.withdraw("q1");
  await settled();
  assert.deepEqual(closed, ["window 101"]);
  questions.windowClosed(101);
  assert.deepEqual(answers, []);
});

test("what can't be shown any more when it fails is no answer to the next one", async () => {
  windows = null;
  const said = mock.method(console, "error", () => {});
  const open = chrome.tabs.create;
  chrome.tabs.create = async (options) => (options.url?.endsWith("q1") ? Promise.reject(new Error("no tab")) : open(options));
  questions.ask(/** @type {any} */ ({ question: "confirmSession", id: "q1", details: {} }));
  questions.withdraw("q1");
  await ask("q2");
  assert.equal(said.mock.callCount(), 1);
  assert.deepEqual(answers, []);
  questions.tabClosed(501);
  assert.deepEqual(answers, [["q2", NO]]);
  said.mock.restore();
});

test("a host that is lost wants no answers, and its questions go", async () => {
  await ask("q1");
  await ask("q2");
  await ask("q3");
  questions.withdrawAll();
  await settled();
  assert.deepEqual(closed, ["window 101"]);
  assert.equal(windows?.length, 1);
  assert.deepEqual(answers, []);
  await ask("q4");
  assert.equal(windows?.length, 2, "those of the next host are shown");
});
