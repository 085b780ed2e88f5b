// The administrator's policy as the browser has it (managed storage). The program on this computer has its own copy, and
// that one binds; here sites are refused before the program is even started.
import { cvmError } from "./errors.js";

/** Where errors say the policy is. */
const PLACE = "the browser (managed storage)";

/** Milliseconds to wait for the browser's answer. */
const PATIENCE = 1000;

/** What it told last. @type {Record<string, unknown>} */
let known = {};

/** @typedef {{allowed?: string[], blocked: string[], frames: string[]}} Rules */

/**
 * Read anew each time, in a millisecond: soon after a forced installation Chromium has nothing to tell yet.
 * @param {string} origin of the page
 * @throws {CVMError} (rejects) siteBlocked, siteNotAllowed, policyBroken
 */
export async function checkSite(origin) {
  const { allowed, blocked } = await read();
  const domain = new URL(origin).hostname.replace(/[[\]]/g, "").replace(/\.$/, "");
  if (blocked.some((pattern) => matches(domain, pattern))) throw cvmError("siteBlocked", { domain });
  if (allowed && !allowed.some((pattern) => matches(domain, pattern))) throw cvmError("siteNotAllowed", { domain });
}

/**
 * Inside a page of another website only those may use machines that the administrator has named.
 * @param {{origin: string, foreign: boolean}} frame
 * @throws {CVMError} (rejects) foreignFrame, policyBroken
 */
export async function checkFrame({ origin, foreign }) {
  if (!foreign) return;
  const { frames } = await read();
  if (!frames.some((entry) => URL.canParse(entry) && new URL(entry).origin === origin)) throw cvmError("foreignFrame");
}

/** @returns {Promise<Rules>} */
async function read() {
  const values = await managed();
  return {
    allowed: "allowed_sites" in values ? texts(values, "allowed_sites") : undefined,
    blocked: texts(values, "blocked_sites"),
    frames: texts(values, "allowed_frame_origins"),
  };
}

/**
 * Chromium does not tell while all its windows are minimized. Then the last answer counts; where there was none, websites
 * are left to the program, and frames of others are refused.
 * @returns {Promise<Record<string, unknown>>}
 */
function managed() {
  const told = ask();
  told.then((values) => (known = values), () => {});
  return Promise.race([told, new Promise((resolve) => setTimeout(() => resolve(known), PATIENCE))]);
}

/** @returns {Promise<Record<string, unknown>>} */
async function ask() {
  try {
    return await chrome.storage.managed.get(null);
  } catch (error) {
    // Firefox's way to say that there is no policy.
    if (/manifest not found/i.test(String(error))) return {};
    throw cvmError("policyBroken", { file: PLACE, detail: String(error) });
  }
}

/**
 * @param {Record<string, unknown>} values
 * @param {string} name of a list; the registry of Windows holds it as JSON
 * @returns {string[]}
 */
function texts(values, name) {
  let list = values[name] ?? [];
  try {
    if (typeof list === "string") list = JSON.parse(list);
  } catch {
    // What can't be understood is an error below.
  }
  if (!Array.isArray(list) || list.some((entry) => typeof entry !== "string")) {
    const detail = { code: "detail_about", params: { name, reason: { code: "detail_textList" } } };
    throw cvmError("policyBroken", { file: PLACE, detail });
  }
  return list.map((entry) => entry.trim().toLowerCase());
}

/**
 * As the program's sites.py: example.org is that host alone, *.example.org every host below it, * all.
 * @param {string} domain
 * @param {string} pattern
 */
function matches(domain, pattern) {
  if (pattern.startsWith("*.")) return domain.endsWith(pattern.slice(1)) && domain.length >= pattern.length;
  return pattern === "*" || pattern === domain;
}
