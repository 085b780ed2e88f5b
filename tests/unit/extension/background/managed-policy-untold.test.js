import "../fakes/shared-scripts.js";
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { checkFrame, checkSite } from "../../../../extension/background/managed-policy.js";
import { fakeChrome } from "../fakes/browser.js";

mock.timers.enable({ apis: ["setTimeout"] });

test("a browser that has never told leaves sites to the program, and refuses frames", async () => {
  fakeChrome({ storage: { managed: { get: () => new Promise(() => {}) } } });
  const site = checkSite("https://science.example.org").then(() => "");
  const frame = checkFrame({ origin: "https://science.example.org", foreign: true }).catch((error) => error.data.name);
  mock.timers.tick(1000);
  assert.deepEqual(await Promise.all([site, frame]), ["", "foreignFrame"]);
});
