import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parts } from "../fakes/page-scripts.js";
import { settled } from "../fakes/port.js";

const { fetchFromApplication } = parts;

/** What was asked of the add-on. @type {{params: any, options: any, resolve: (result: unknown) => void, reject: (error: unknown) => void}[]} */
let calls;
/** @type {[string, any][]} */
let notes;
beforeEach(() => {
  calls = [];
  notes = [];
});

/** A fake of the call to the add-on. */
const call = (/** @type {any} */ params, /** @type {any} */ options) =>
  new Promise((resolve, reject) => {
    calls.push({ params, options, resolve, reject });
    options.onSent?.((/** @type {any[]} */ ...sent) => notes.push(/** @type {any} */ (sent)));
  });

/**
 * @param {string} path
 * @param {any} [init]
 */
async function begun(path, init) {
  const answer = fetchFromApplication(call, path, init);
  answer.catch(() => {});
  await settled();
  return { answer, ...calls[0] };
}

test("a plain request is a GET without a body", async () => {
  const { params } = await begun("/api/jobs?state=done#part");
  assert.deepEqual(params, { path: "/api/jobs?state=done", method: "GET", headers: [], length: 0 });
});

test("method, headers, body and patience go along", async () => {
  const { params } = await begun("jobs", { method: "post", headers: { "X-A": "1" }, body: "text", timeout: 1500 });
  assert.deepEqual(params, {
    path: "/jobs",
    method: "POST",
    headers: [["content-type", "text/plain;charset=UTF-8"], ["x-a", "1"]],
    length: 4,
    timeout: 1.5,
  });
  await settled();
  assert.deepEqual(notes.map(([, { data, last }]) => [data, last]), [["dGV4dA==", false], ["", true]]);
});

test("a content type that the page names stays, a stream has none and no length", async () => {
  assert.deepEqual((await begun("/", { body: "x", method: "PUT", headers: { "Content-Type": "a/b" } })).params.headers, [["content-type", "a/b"]]);
  calls = [];
  const { params } = await begun("/", { method: "PUT", body: new ReadableStream() });
  assert.deepEqual([params.headers, params.length], [[], -1]);
});

test("addresses elsewhere are refused", async () => {
  for (const path of ["https://other.example/", "//other.example/", "http://application.invalid:81/", "ftp://application.invalid/"]) {
    await assert.rejects(fetchFromApplication(call, path), { name: "badValue" });
  }
  assert.equal(calls.length, 0);
});

test("the answer is a Response as soon as its head is there", async () => {
  const { answer, options, resolve } = await begun("/");
  options.onEvent("response", [200, "OK", [["X-B", "2"]]]);
  const response = await answer;
  assert.deepEqual([response.status, response.statusText, response.headers.get("x-b")], [200, "OK", "2"]);
  options.onEvent("chunk", ["aGVs"]);
  options.onEvent("chunk", ["bG8="]);
  options.onEvent("newer", []);
  resolve({});
  assert.equal(await response.text(), "hello");
});

test("where HTTP knows no body there is none", async () => {
  for (const status of [204, 205, 304]) {
    calls = [];
    const { answer, options } = await begun("/");
    options.onEvent("response", [status, "", []]);
    assert.equal((await answer).body, null);
  }
});

test("a failure is one of the call before the head, of the body after it", async () => {
  const early = await begun("/");
  early.reject(new Error("refused"));
  await assert.rejects(early.answer, /refused/);
  calls = [];
  const late = await begun("/");
  late.options.onEvent("response", [200, "", []]);
  const response = await late.answer;
  late.reject(new Error("broken"));
  await assert.rejects(response.text(), /broken/);
});

test("a body that fails takes the request along", async () => {
  const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("theirs")) });
  const { answer } = await begun("/", { method: "POST", body: failing });
  await assert.rejects(answer, /theirs/);
  assert.deepEqual(notes, [["cancel", {}]]);
});

test("room that the host has is used", async () => {
  const { options } = await begun("/", { method: "POST", body: new Blob([new Uint8Array(512 * 1024 + 1)]) });
  await settled();
  const before = notes.length;
  options.onEvent("more", [1]);
  await settled();
  assert.ok(notes.length > before);
});
