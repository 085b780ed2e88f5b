// Bytes as text and back, for messages are JSON. New browsers do it themselves, ten times as fast.
(() => {
  "use strict";
  const { Uint8Array, atob, btoa } = cvmParts;
  const encode = /** @type {any} */ (Uint8Array.prototype).toBase64;
  const decode = /** @type {any} */ (Uint8Array).fromBase64?.bind(Uint8Array);

  /** Arguments of one call: more of them overflow the stack. */
  const SLICE = 16 * 1024;

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  function toBase64(bytes) {
    if (encode) return Reflect.apply(encode, bytes, []);
    let text = "";
    for (let at = 0; at < bytes.length; at += SLICE) text += String.fromCharCode(...bytes.subarray(at, at + SLICE));
    return btoa(text);
  }

  /** @param {string} text */
  function fromBase64(text) {
    return decode ? decode(text) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  cvmParts.toBase64 = toBase64;
  cvmParts.fromBase64 = fromBase64;
})();
