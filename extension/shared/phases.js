// What a task is doing, said in the user's language. A phase that has no text here is told in the program's English, which
// rides along: the program may be newer than we are.
// A classic script, see request-shape.js.
(() => {
  "use strict";

  /**
   * @param {CvmPhase | null | undefined} phase
   * @param {string} words the program's own
   */
  function title(phase, words) {
    return (phase && cvmTranslation(`phase_${phase.phase}`)) || words;
  }

  /**
   * All that can be said of it in one line.
   * @param {CvmPhase | null | undefined} phase
   * @param {string} words the program's own
   */
  function sentence(phase, words) {
    const said = phase && cvmTranslation(`phase_${phase.phase}`);
    if (!said) return words;
    const more = isDownload(phase) ? numbers(phase) : [phase.words ?? ""];
    return [said, more.filter(Boolean).join(", ")].filter(Boolean).join(": ");
  }

  /**
   * @param {CvmPhase | null | undefined} phase
   * @returns {phase is CvmDownload}
   */
  function isDownload(phase) {
    return typeof phase?.done === "number";
  }

  /** @param {CvmDownload} download */
  function numbers({ done, total = 0, speed = 0 }) {
    const size = (/** @type {number} */ bytes) => unit(bytes / 2 ** 20, "megabyte", 1);
    if (!total) return [size(done)];
    const told = [cvmTranslation("cornerOf", { done: size(done), total: size(total) })];
    if (speed <= 0) return told;
    const left = (total - done) / speed;
    const time = left < 90 ? unit(left, "second", 0) : unit(left / 60, "minute", 0);
    return [...told, unit(speed / 2 ** 20, "megabyte-per-second", 1), cvmTranslation("cornerLeft", { time })];
  }

  /**
   * @param {number} value
   * @param {string} name of Intl's unit
   * @param {number} digits at most, behind the point
   */
  function unit(value, name, digits) {
    const unitDisplay = digits ? "short" : "long";
    const style = { style: "unit", unit: name, unitDisplay, maximumFractionDigits: digits };
    return new Intl.NumberFormat(cvmLanguage(), /** @type {Intl.NumberFormatOptions} */ (style)).format(value);
  }

  globalThis.cvmPhases = Object.freeze({ title, sentence, isDownload, numbers });
})();
