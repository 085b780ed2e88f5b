// session.flags: the bits of VMCP's `flags`, by name.
(() => {
  "use strict";

  const BITS = cvmParts.protocol.FLAGS;

  /**
   * @param {() => number} read the current bits
   * @param {(value: number) => void} write
   * @returns {CernVM.Flags}
   */
  function makeFlags(read, write) {
    const flags = {};
    Object.defineProperty(flags, "value", {
      enumerable: true,
      get: read,
      set(value) {
        write(Number(value) | 0);
      },
    });
    for (const [name, bit] of Object.entries(BITS)) {
      Object.defineProperty(flags, name, {
        enumerable: true,
        get: () => (read() & bit) !== 0,
        set(on) {
          write(on ? read() | bit : read() & ~bit);
        },
      });
    }
    return /** @type {CernVM.Flags} */ (Object.freeze(flags));
  }

  /**
   * @param {unknown} assigned a number, or an object with `value` or some of the names
   * @param {number} current bits that such an object doesn't name stay
   * @returns {number}
   */
  function flagsValue(assigned, current) {
    if (typeof assigned !== "object" || assigned === null) return Number(assigned) | 0;
    const named = /** @type {Record<string, unknown>} */ (assigned);
    let value = "value" in named ? Number(named.value) | 0 : current;
    // With a `value`, the names are mere views of it (this is what reading `flags` gives).
    if ("value" in named) return value;
    for (const [name, bit] of Object.entries(BITS)) {
      if (name in named) value = named[name] ? value | bit : value & ~bit;
    }
    return value;
  }

  cvmParts.makeFlags = makeFlags;
  cvmParts.flagsValue = flagsValue;
})();
