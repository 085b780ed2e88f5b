// Last of the page's scripts: puts window.CVM in place, and clears the parts away.
(() => {
  "use strict";
  const { Plugin, callSafely, quiet, whenLoaded, markPageLoaded, console } = cvmParts;
  // Firefox runs these scripts once more when the extension is updated. The page keeps what it has.
  if (Object.getOwnPropertyDescriptor(window, "CVM")?.configurable === false) {
    Reflect.deleteProperty(globalThis, "cvmParts");
    return;
  }
  const plugin = new Plugin();
  const connection = Plugin.connectionOf(plugin);

  // The relay lives in another world of this document and may have been loaded before or after this script; whichever
  // comes second starts the exchange. All of it happens before the page's first script, so no page can step between.
  // After an update of the extension there is another relay, which counts only once the first one is dead.
  document.addEventListener("cvm-relay", (event) => {
    const port = /** @type {MessageEvent} */ (event).ports?.[0];
    if (!port) return;
    event.preventDefault();
    connection.offer(port);
  });
  document.dispatchEvent(new Event("cvm-page"));

  addEventListener("focus", () => plugin.syncSessions());

  /** @type {CernVM.API} */
  const api = {
    version: "3.0.0",

    connect: () => quiet(Plugin.connect(plugin)),

    startCVMWebAPI(onReady, onFailed) {
      const loaded = whenLoaded();
      Plugin.connect(plugin).then(
        () => loaded.then(() => typeof onReady === "function" && callSafely(() => onReady(plugin))),
        (error) =>
          loaded.then(() => {
            if (typeof onFailed === "function") callSafely(() => onFailed(error.message, error.code, error));
            else console.warn(`CernVM WebAPI: ${error.message} ${error.fix}`);
          }),
      );
    },

    markPageLoaded,

    // An accessor: pages set this flag, though the object is frozen.
    get debugLogging() {
      return connection.debugLogging;
    },
    set debugLogging(on) {
      connection.debugLogging = Boolean(on);
    },
  };

  Object.defineProperty(window, "CVM", { value: Object.freeze(api), writable: false, configurable: false, enumerable: true });
  Reflect.deleteProperty(globalThis, "cvmParts");
})();
