// When the page counts as loaded: pages expect the callback of startCVMWebAPI after that.
(() => {
  "use strict";
  const { Promise, setTimeout } = cvmParts;

  // Milliseconds. document.open() removes listeners, so that readyState has to be looked at as well.
  const LOOK_AGAIN_AFTER = 100;

  let markLoaded = () => {};
  let loaded = false;
  /** @type {Promise<void>} */
  const loading = new Promise((resolve) => {
    markLoaded = () => {
      loaded = true;
      resolve();
    };
  });
  addEventListener("load", () => markLoaded(), { once: true });

  function look() {
    if (document.readyState === "complete") markLoaded();
    else if (!loaded) setTimeout(look, LOOK_AGAIN_AFTER);
  }

  cvmParts.whenLoaded = () => {
    look();
    return loading;
  };
  cvmParts.markPageLoaded = () => markLoaded();
})();
