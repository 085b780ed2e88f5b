import assert from "node:assert/strict";
import { test } from "node:test";
import { parts } from "../fakes/page-scripts.js";

const { fromBase64, toBase64 } = parts;

test("bytes become text and come back, few and many", () => {
  for (const length of [0, 1, 2, 3, 16 * 1024, 16 * 1024 + 1, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37) % 256);
    const text = toBase64(bytes);
    assert.equal(text, Buffer.from(bytes).toString("base64"));
    assert.deepEqual(fromBase64(text), bytes);
  }
});

test("a part of a larger buffer is that part alone", () => {
  assert.equal(toBase64(Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 3)), "AgM=");
});
