// A fake `chrome`, as the extension finds it: each test gives it what the code under test asks for.
import { FakeEvent } from "./port.js";

export const ID = "our-extension";
export const BASE = `chrome-extension://${ID}/`;

/**
 * @param {Record<string, any>} parts of `chrome` besides what all code uses
 * @returns {any} `chrome`, for what a test wants to change later
 */
export function fakeChrome({ runtime = {}, storage = {}, ...parts } = {}) {
  const chrome = {
    runtime: {
      id: ID,
      lastError: undefined,
      getURL: (/** @type {string} */ path) => BASE + path,
      getManifest: () => ({ version: "3.1.4" }),
      ...runtime,
    },
    // Shows which text was asked for, and with what.
    i18n: {
      getMessage: (/** @type {string} */ name, /** @type {string[]} */ values = []) => `[${[name, ...values].join(": ")}]`,
      getUILanguage: () => "en",
    },
    storage: { local: fakeArea(), session: fakeArea(), managed: fakeArea(), onChanged: new FakeEvent(), ...storage },
    ...parts,
  };
  Object.assign(globalThis, { chrome });
  return chrome;
}

/** A fake area of storage. @param {Record<string, unknown>} [values] */
export function fakeArea(values = {}) {
  return {
    values,
    /** @param {null | string | string[] | Record<string, unknown>} keys */
    async get(keys) {
      if (keys === null) return { ...values };
      const names = typeof keys === "string" ? [keys] : Array.isArray(keys) ? keys : Object.keys(keys);
      const defaults = typeof keys === "object" && !Array.isArray(keys) ? keys : {};
      return { ...defaults, ...Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]])) };
    },
    /** @param {Record<string, unknown>} more */
    async set(more) {
      Object.assign(values, more);
    },
  };
}

// Some scripts use it as soon as they are loaded.
fakeChrome();
