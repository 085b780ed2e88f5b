// Limits for all machines together, and what happens when the browser closes.
import { ask } from "../host.js";
import { text } from "../texts.js";
import { element, made, safely } from "./elements.js";

const NUMBERS = ["total_cpus", "total_memory", "total_disk"];
const NAMES = [...NUMBERS, "on_browser_close"];

/** What is in force, by name. @type {Record<string, string>} */
let present = {};

export async function showLimits() {
  const { values, locked } = await ask("getSettings");
  show(values);
  for (const name of NAMES) if (locked.includes(name)) lock(name);
  element("limits").onsubmit = (event) => {
    event.preventDefault();
    safely(save);
  };
}

/** @param {Record<string, unknown>} values */
function show(values) {
  for (const name of NAMES) field(name).value = String(values[name] ?? "");
  present = Object.fromEntries(NAMES.map((name) => [name, field(name).value]));
}

/** @param {string} name */
function lock(name) {
  const input = field(name);
  if (input.disabled) return;
  input.disabled = true;
  const why = made("span", "lock", text("optionsLocked"));
  why.id = `${name}-lock`;
  input.setAttribute("aria-describedby", why.id);
  input.parentElement?.append(why);
}

async function save() {
  // Only what was changed: a default stays a default.
  const changed = NAMES.filter((name) => !field(name).disabled && field(name).value !== present[name]);
  const value = (/** @type {string} */ name) => (NUMBERS.includes(name) ? Number(field(name).value) : field(name).value);
  const { values } = await ask("setSettings", { values: Object.fromEntries(changed.map((name) => [name, value(name)])) });
  show(values);
  element("limits-said").textContent = text("optionsSaved");
}

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (element(name));
}
