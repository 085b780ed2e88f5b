// What the machine gets: fixed amounts, and those that the user may lower.
import { language, megabytes, text } from "../texts.js";

const COUNT = new Intl.NumberFormat(language);
const STEPS = [8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1];
/** A slider has at least so many places, where the amount allows. */
const PLACES = 8;

/** @type {Record<"cpus" | "memory" | "disk", [string, (value: number) => string]>} */
const KINDS = {
  cpus: ["resource_cpus", (value) => COUNT.format(value)],
  memory: ["resource_memory", megabytes],
  disk: ["resource_disk", (value) => (value > 0 ? text("confirmDiskUpTo", { size: megabytes(value) }) : text("confirmDiskNone"))],
};

/** @type {Map<string, HTMLInputElement>} */
const sliders = new Map();

/**
 * @param {ConfirmDetails} details
 * @returns {HTMLElement[]} one for each amount
 */
export function amounts(details) {
  sliders.clear();
  return /** @type {("cpus" | "memory" | "disk")[]} */ (Object.keys(KINDS)).map((kind) => {
    const [label, shown] = KINDS[kind];
    const most = details[kind];
    const least = details.least?.[kind] ?? most;
    return least < most ? lowerable(kind, text(label), least, most, shown) : fixed(text(label), shown(most));
  });
}

/** What the user has lowered: nothing for amounts that are as asked. */
export function lowered() {
  const changed = [...sliders].filter(([, slider]) => slider.value !== slider.max);
  return Object.fromEntries(changed.map(([kind, slider]) => [kind, Number(slider.value)]));
}

/**
 * @param {string} label
 * @param {string} value
 */
export function fixed(label, value) {
  return row("amount fixed", [leaf("span", label), leaf("span", value)]);
}

/**
 * @param {string} kind
 * @param {string} label
 * @param {number} least
 * @param {number} most
 * @param {(value: number) => string} shown
 */
function lowerable(kind, label, least, most, shown) {
  const slider = document.createElement("input");
  const range = most - least;
  const step = STEPS.find((size) => range % size === 0 && range / size >= PLACES) ?? 1;
  Object.assign(slider, { type: "range", id: kind, min: String(least), max: String(most), step: String(step) });
  slider.value = String(most);
  const name = /** @type {HTMLLabelElement} */ (leaf("label", label));
  name.htmlFor = kind;
  const value = leaf("output", "");
  const show = () => {
    value.textContent = shown(Number(slider.value));
    slider.setAttribute("aria-valuetext", value.textContent);
  };
  slider.addEventListener("input", show);
  show();
  sliders.set(kind, slider);
  return row("amount", [name, slider, value]);
}

/**
 * @param {string} name of its class
 * @param {HTMLElement[]} parts
 */
function row(name, parts) {
  const made = document.createElement("div");
  made.className = name;
  made.setAttribute("role", "listitem");
  made.append(...parts);
  return made;
}

/**
 * @param {string} tag
 * @param {string} content
 */
function leaf(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}
