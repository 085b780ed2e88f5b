import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeArea, fakeChrome } from "../fakes/browser.js";
import { settled } from "../fakes/port.js";
import "../../../../extension/shared/translation.js";

// Texts with parameters, as they might be.
globalThis.cvmTextParameters = Object.freeze({ greeting: ["domain", "size"], amount: ["price"] });

/** What the script has listened to since it was loaded. @type {any} */
const { onChanged } = chrome.storage;
/** @type {ReturnType<typeof fakeArea>} */
let stored;

/** The user has chosen, or something else about the storage has changed. @param {Record<string, unknown>} values @param {string} [area] */
async function choose(values, area = "local") {
  Object.assign(stored.values, values);
  onChanged.fire(Object.fromEntries(Object.keys(values).map((name) => [name, {}])), area);
  await settled();
}

beforeEach(async () => {
  stored = fakeArea();
  fakeChrome({ storage: { local: stored, onChanged } });
  await choose({ language: "", translation: null });
});

test("where nothing is chosen the browser's language counts", () => {
  assert.equal(cvmTranslation("greeting", { size: 7, domain: "x.example" }), "[greeting: x.example: 7]", "in the text's own order");
  assert.equal(cvmTranslation("plain"), "[plain]");
  assert.equal(cvmTranslation("greeting"), "[greeting: : ]");
  assert.equal(cvmTranslation("toString", { domain: "x" }), "[toString]");
  assert.equal(cvmLanguage(), "en");
});

test("a language that was chosen brings its texts along", async () => {
  await choose({ language: "fr", translation: { greeting: { message: "De $1 pour $2 à $$1" } } });
  assert.equal(cvmTranslation("greeting", { domain: "x.example", size: 7 }), "De x.example pour 7 à $1");
  assert.equal(cvmLanguage(), "fr");
  assert.equal(cvmTranslation("plain"), "[plain]", "what it lacks is the browser's");
});

test("what is put into a text is not read as one", async () => {
  await choose({ language: "fr", translation: { greeting: { message: "$1/$2/$3" } } });
  assert.equal(cvmTranslation("greeting", { domain: "$2 $$ $&", size: "" }), "$2 $$ $&//");
});

test("half a choice is none", async () => {
  for (const values of [
    { language: "fr", translation: null }, { language: "fr", translation: "x" }, { language: "", translation: {} }, { language: 7, translation: {} },
  ]) {
    await choose(values);
    assert.equal(cvmLanguage(), "en", JSON.stringify(values));
  }
});

test("only the choice is read anew, from where it is kept", async () => {
  Object.assign(stored.values, { language: "fr", translation: {} });
  await choose({ other: 1 });
  await choose({ language: "fr" }, "sync");
  assert.equal(cvmLanguage(), "en");
  await choose({ language: "fr" });
  assert.equal(cvmLanguage(), "fr");
});
