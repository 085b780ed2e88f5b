// Small helpers of the options page.
import { text } from "../texts.js";

/** @param {string} id */
export function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * @param {string} tag
 * @param {string} [className]
 * @param {...(string | Node)} parts
 */
export function made(tag, className = "", ...parts) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...parts);
  return node;
}

/**
 * @param {string} name of its text
 * @param {string} about what it acts on, for those who only hear the button
 * @param {() => void} act
 */
export function button(name, about, act) {
  const node = /** @type {HTMLButtonElement} */ (made("button", "", text(name)));
  node.type = "button";
  node.setAttribute("aria-label", `${text(name)}: ${about}`);
  node.addEventListener("click", act);
  return node;
}

/** @param {unknown} problem ErrorData, as the host's answer has it */
export function showTrouble(problem) {
  const { message, fix } = /** @type {any} */ (problem);
  element("trouble").textContent = [message ?? String(problem), fix].filter(Boolean).join(" ");
  element("trouble").hidden = false;
}

/**
 * What a section does; its failure is shown, and hurts no other section.
 * @param {() => Promise<void>} act
 */
export async function safely(act) {
  element("trouble").hidden = true;
  try {
    await act();
  } catch (error) {
    showTrouble(error);
  }
}
