// As much of jQuery as the page below uses: jQuery(fn) calls back when the document has been read.
window.jQuery = window.$ = function (ready) {
  if (document.readyState !== "loading") setTimeout(ready, 0);
  else document.addEventListener("DOMContentLoaded", function () { ready(window.jQuery); });
};
