// How often to look. A picture costs what VirtualBox, the program and the browser need for it; looking is not to take much
// of the computer, yet never to lag a second behind unless it must.

const LEAST = 100;
const SECOND = 1000;
/** Of the time, a tenth for looking. */
const REST = 9;
/** After so many pictures alike, nothing much is going on. */
const STILL = 5;

/**
 * @param {number} cost milliseconds that the last picture took
 * @param {number} alike pictures in a row that were the same
 * @returns {number} milliseconds until the next one
 */
export function restAfter(cost, alike) {
  const lively = alike < STILL ? Math.max(LEAST, REST * cost) : SECOND;
  return Math.max(cost, Math.min(lively, SECOND - cost));
}

/** @param {number} failures in a row @returns {number} milliseconds until the next attempt */
export function restAfterFailure(failures) {
  return Math.min(10_000, SECOND * 2 ** (failures - 1));
}
