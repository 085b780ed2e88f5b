// Whose word counts: keystores and pinned keys, with their fingerprints.
import { ask } from "../host.js";
import { text } from "../texts.js";
import { element, made } from "./elements.js";

export async function showTrust() {
  const { keystores, pinned } = await ask("trustInfo");
  element("keystores").replaceChildren(
    ...keystores.map((/** @type {any} */ store) =>
      entry(store.url, store.builtIn ? text("optionsBuiltIn") : "", store.fingerprint),
    ),
  );
  element("pinned").replaceChildren(
    ...pinned.map((/** @type {any} */ pin) => entry(pin.domain, pin.contact, pin.fingerprint)),
  );
  element("pinned-none").hidden = pinned.length > 0;
}

/**
 * @param {string} name
 * @param {string} more
 * @param {string} fingerprint
 */
function entry(name, more, fingerprint) {
  return made("li", "", made("strong", "", made("bdi", "", name)), made("p", "quiet", more), made("code", "", fingerprint));
}
