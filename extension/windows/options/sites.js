// The websites and what they may do.
import { ask } from "../host.js";
import { language, megabytes, text, textFor } from "../texts.js";
import { button, element, made, safely } from "./elements.js";

const WORDS = /** @type {Record<string, string>} */ ({ always: "optionsAlways", never: "optionsNever" });

export async function showSites() {
  const { sites } = await ask("listSites");
  element("sites").replaceChildren(...sites.map(entry));
  element("sites-none").hidden = sites.length > 0;
}

/** @param {SiteData} site */
function entry(site) {
  const { domain, decision, machines } = site;
  const about = made("div", "about", made("strong", "", made("bdi", "", domain)), made("p", "quiet", permission(site)));
  if (machines.length) {
    const names = new Intl.ListFormat(language).format(machines);
    about.append(made("p", "quiet", text("optionsMachines", { names })));
  }
  const buttons = [button("optionsRevoke", domain, () => revoke(site))];
  if (decision !== "never") buttons.unshift(button("optionsSetNever", domain, () => set(domain, "never")));
  return made("li", "", about, ...buttons);
}

/** @param {SiteData} site */
function permission({ decision, cpus, memory, disk }) {
  if (decision !== "always") return text(WORDS[decision] ?? "optionsAsks");
  const amounts = { cpus: new Intl.NumberFormat(language).format(cpus), memory: megabytes(memory), disk: megabytes(disk) };
  return textFor(WORDS.always, cpus, amounts);
}

/**
 * @param {string} domain
 * @param {Decision} decision
 */
function set(domain, decision) {
  safely(async () => {
    await ask("setSite", { domain, decision });
    await showSites();
  });
}

/** @param {SiteData} site */
function revoke({ domain, machines }) {
  if (!machines.length) return set(domain, "");
  const sure = /** @type {HTMLDialogElement} */ (element("sure"));
  element("sure-what").textContent = text("optionsRevokeSure", { domain, machines: new Intl.ListFormat(language).format(machines) });
  const answer = (/** @type {boolean | null} */ remove) => {
    sure.close();
    if (remove !== null) safely(async () => void (await ask("removeSite", { domain, machines: remove }).finally(showSites)));
  };
  element("sure-no").onclick = () => answer(null);
  element("sure-keep").onclick = () => answer(false);
  element("sure-yes").onclick = () => answer(true);
  sure.showModal();
}
