import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parts } from "../fakes/page-scripts.js";
import { settled } from "../fakes/port.js";

const { answerStream, requestStream } = parts;
const WINDOW = 512 * 1024;
const PIECE = 128 * 1024;

/** @type {[string, any][]} */
let notes;
/** @type {SendNote} */
const note = (...sent) => void notes.push(sent);
beforeEach(() => {
  notes = [];
});

test("an answer is read as it comes", async () => {
  const { stream, add, end } = answerStream(note);
  add(Uint8Array.of(1, 2));
  add(Uint8Array.of(3));
  end();
  assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), Uint8Array.of(1, 2, 3));
});

test("the host is told of room when half of the window is free", async () => {
  const { stream, add } = answerStream(note);
  const reader = stream.getReader();
  await settled();
  assert.deepEqual(notes, [], "the first window needs no word");
  for (let n = 0; n < 3; n++) {
    add(new Uint8Array(PIECE));
    await reader.read();
    await settled();
  }
  assert.deepEqual(notes, [["fetchMore", { bytes: 2 * PIECE }]]);
});

test("an answer that nobody reads is not asked for", async () => {
  const { add } = answerStream(note);
  for (let n = 0; n < WINDOW / PIECE; n++) add(new Uint8Array(PIECE));
  await settled();
  assert.deepEqual(notes, []);
});

test("a page that reads no further cancels, and what still comes is dropped", async () => {
  const { stream, add, end } = answerStream(note);
  await stream.cancel();
  assert.deepEqual(notes, [["cancel", {}]]);
  assert.doesNotThrow(() => {
    add(Uint8Array.of(1));
    end();
  });
});

test("a failure reaches whoever reads", async () => {
  const { stream, fail } = answerStream(note);
  fail(new Error("broken"));
  await assert.rejects(new Response(stream).text(), /broken/);
});

/** @param {...Uint8Array<ArrayBuffer>} chunks */
function body(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

test("a request's body goes in pieces, with its end told", async () => {
  const { sent } = requestStream(body(new Uint8Array(PIECE + 1), Uint8Array.of(7)), note);
  await sent;
  const sizes = notes.map(([name, { data, last }]) => [name, Buffer.from(data, "base64").length, last]);
  assert.deepEqual(sizes, [
    ["fetchBody", PIECE, false], ["fetchBody", 1, false], ["fetchBody", 1, false], ["fetchBody", 0, true],
  ]);
});

test("no more goes than the host has room for", async () => {
  const { more, sent } = requestStream(body(new Uint8Array(WINDOW + 3)), note);
  await settled();
  const bytes = () => notes.reduce((all, [, { data }]) => all + Buffer.from(data, "base64").length, 0);
  assert.equal(bytes(), WINDOW);
  more(2);
  await settled();
  assert.equal(bytes(), WINDOW + 2);
  more(PIECE);
  await sent;
  assert.equal(bytes(), WINDOW + 3);
  assert.equal(notes.at(-1)?.[1].last, true);
});

test("a body that is stopped says nothing more", async () => {
  const { sent, stop } = requestStream(body(new Uint8Array(WINDOW + 1)), note);
  await settled();
  const before = notes.length;
  stop();
  await sent;
  assert.equal(notes.length, before);
});

test("the page's own error is its own", async () => {
  const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("theirs")) });
  await assert.rejects(requestStream(failing, note).sent, /theirs/);
});
