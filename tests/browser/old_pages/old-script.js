// Stands in for the script of the old extension (2.0.x), written for this test (see docs/websites.md): its first
// statement puts a new object into window.CVM, its last one fills it with calls that speak to a socket of this computer.
window.CVM = { version: "2.0.14" };
(function (cvm) {
  function toTheOldSocket() {
    window.oldSocketUsed = true;
    return new WebSocket("ws://127.0.0.1:5624");
  }
  cvm.version = "2.0.14";
  cvm.debugLogging = false;
  cvm.markPageLoaded = function () { window.oldSocketUsed = true; };
  cvm.startCVMWebAPI = function (onReady) {
    toTheOldSocket().onopen = function () { onReady({ requestSession: toTheOldSocket }); };
  };
})(window.CVM);
