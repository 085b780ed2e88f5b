// Keys as the machine's keyboard sends them: scancodes of set 1, as IBM's PC/XT and all of its descendants do.
// The names are those of KeyboardEvent.code (W3C UI Events KeyboardEvent code Values): places of keys, whatever is printed
// on them. What they mean is for the machine's own keyboard layout to say.

const RELEASED = 0x80;
const EXTENDED = 0xe0;

/** From the first code on, key by key. @type {[number, string][]} */
const ROWS = [
  [0x01, "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace Tab"],
  [0x10, "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft"],
  [0x1e, "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash"],
  [0x2c, "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock"],
  [0x3b, "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5"],
  [0x4d, "Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal"],
  [0x56, "IntlBackslash F11 F12 NumpadEqual"],
  [0x64, "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23"],
  [0x70, "KanaMode"],
  [0x73, "IntlRo"],
  [0x76, "F24"],
  [0x79, "Convert"],
  [0x7b, "NonConvert"],
  [0x7d, "IntlYen NumpadComma"],
];
/** Keys that the first PC did not have. @type {[number, string][]} */
const LATER_ROWS = [
  [0x1c, "NumpadEnter ControlRight"],
  [0x35, "NumpadDivide"],
  [0x38, "AltRight"],
  [0x47, "Home ArrowUp PageUp"],
  [0x4b, "ArrowLeft"],
  [0x4d, "ArrowRight"],
  [0x4f, "End ArrowDown PageDown Insert Delete"],
  [0x5b, "MetaLeft MetaRight ContextMenu"],
];
/** Keys with stories of their own: what they send when pressed, and when released. @type {Record<string, [number[], number[]]>} */
const ODD = {
  PrintScreen: [[0xe0, 0x2a, 0xe0, 0x37], [0xe0, 0xb7, 0xe0, 0xaa]],
  Pause: [[0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5], []],
};

const CODES = new Map([
  ...numbered(ROWS).map(([name, code]) => /** @type {[string, number[]]} */ ([name, [code]])),
  ...numbered(LATER_ROWS).map(([name, code]) => /** @type {[string, number[]]} */ ([name, [EXTENDED, code]])),
]);

/** Keys that are held while others are pressed. */
export const MODIFIERS = new Set([
  "ControlLeft", "ControlRight", "ShiftLeft", "ShiftRight", "AltLeft", "AltRight", "MetaLeft", "MetaRight",
]);

/** @param {string} key @returns {number[]} what it sends when pressed; nothing: machines have no such key */
export function pressed(key) {
  return ODD[key]?.[0] ?? CODES.get(key) ?? [];
}

/** @param {string} key @returns {number[]} */
export function released(key) {
  const [code, ...more] = [...(CODES.get(key) ?? [])].reverse();
  return ODD[key]?.[1] ?? (code === undefined ? [] : [...more, code | RELEASED]);
}

/** @param {...string} keys pressed together, and let go in the opposite order */
export function chord(...keys) {
  return [...keys.flatMap(pressed), ...keys.toReversed().flatMap(released)];
}

// An American keyboard: what most machines take theirs to be.
const PLAIN = "`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./ \n\t";
const SHIFTED = '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>?';
const KEYS = (
  "Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal " +
  "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight " +
  "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backslash " +
  "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash Space Enter Tab"
).split(" ");

/**
 * @param {string} text to be typed on an American keyboard
 * @returns {{units: number[][], missing: string[]}} what each character sends; those that the keyboard does not have
 */
export function typed(text) {
  const units = [];
  const missing = new Set();
  for (const character of text.replace(/\r\n?/g, "\n")) {
    const plain = PLAIN.indexOf(character);
    const shifted = SHIFTED.indexOf(character);
    if (plain >= 0) units.push(chord(KEYS[plain]));
    else if (shifted >= 0) units.push(chord("ShiftLeft", KEYS[shifted]));
    else missing.add(character);
  }
  return { units, missing: [...missing] };
}

/**
 * @param {[number, string][]} rows
 * @returns {[string, number][]}
 */
function numbered(rows) {
  return rows.flatMap(([first, names]) => names.split(" ").map((name, at) => /** @type {[string, number]} */ ([name, first + at])));
}
