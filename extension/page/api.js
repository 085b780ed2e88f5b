// Last of the page's scripts: puts window.CVM in place, and clears the parts away.
(() => {
  "use strict";
  const { Plugin, callSafely, quiet, whenLoaded, markPageLoaded, console } = cvmParts;
  const plugin = new Plugin();
  const connection = Plugin.connectionOf(plugin);

  // The relay lives in another world of this document and may have been loaded before or after this script; whichever
  // comes second starts the exchange. All of it happens before the page's first script, so no page can step between.
  /** @param {Event} event */
  function takePort(event) {
    document.removeEventListener("cvm-relay", takePort);
    event.preventDefault();
    connection.attach(/** @type {MessageEvent} */ (event).ports[0]);
  }
  document.addEventListener("cvm-relay", takePort);
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
