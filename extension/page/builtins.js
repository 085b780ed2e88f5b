// First of the scripts that make window.CVM. They run in the page's own world before any script of the page, as classic
// scripts (the manifest can't list modules there), and hand their parts to each other by the global `cvmParts`, which
// the last of them deletes.
//
// What later code needs of the language is taken here, while it is still the browser's own: pages replace things.
globalThis.cvmParts = /** @type {CvmParts} */ (/** @type {unknown} */ ({
  JSON: { parse: JSON.parse, stringify: JSON.stringify },
  Promise,
  Map,
  Set,
  Error,
  URL,
  EventTarget,
  CustomEvent,
  ReadableStream,
  Response,
  Headers,
  Uint8Array,
  btoa: btoa.bind(globalThis),
  atob: atob.bind(globalThis),
  setTimeout: setTimeout.bind(globalThis),
  clearTimeout: clearTimeout.bind(globalThis),
  reportError: reportError.bind(globalThis),
  console: { debug: console.debug.bind(console), warn: console.warn.bind(console) },
}));
