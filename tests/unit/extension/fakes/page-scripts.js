// The scripts of a page's own world, as the manifest lists them up to the last one, which would clear their parts away.
// What the browser has and Node has not is faked before the first of them takes it; so is time, which a test lets pass.
import { readFileSync } from "node:fs";
import { mock } from "node:test";

/** Faults of the page's own code, as the browser would report them. @type {unknown[]} */
export const reported = [];

Object.assign(globalThis, {
  reportError: (/** @type {unknown} */ error) => void reported.push(error),
  document: { baseURI: "https://science.example.org/lab/", readyState: "complete" },
  addEventListener: () => {},
});

mock.timers.enable({ apis: ["setTimeout"] });

const manifest = JSON.parse(readFileSync(new URL("../../../../extension/manifest.json", import.meta.url), "utf-8"));
/** @type {string[]} */
const scripts = manifest.content_scripts.find((/** @type {any} */ entry) => entry.world === "MAIN").js;
for (const script of scripts.slice(0, -1)) await import(`../../../../extension/${script}`);

/** @type {CvmParts} */
export const parts = cvmParts;
