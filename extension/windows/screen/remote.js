// What an ordinary RDP client needs to show the machine's screen: an address of this computer, a user and a password.
import { ask } from "../host.js";
import { text } from "../texts.js";

const FIELDS = /** @type {const} */ (["url", "user", "password"]);

export class RemoteAccess {
  #session;
  #button = element("rdp");
  #dialog = /** @type {HTMLDialogElement} */ (element("rdp-access"));
  #known = false;
  #on = false;

  /** @param {string} session */
  constructor(session) {
    this.#session = session;
    this.#button.addEventListener("click", () => {
      if (this.#button.ariaDisabled === "true") return;
      this.#dialog.showModal();
      this.#ask(null);
    });
    element("rdp-switch").addEventListener("click", () => this.#ask(!this.#on));
    element("rdp-close").addEventListener("click", () => this.#dialog.close());
    for (const field of FIELDS) {
      const copy = element(`rdp-copy-${field}`);
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(element(`rdp-${field}`).textContent ?? "");
        element("rdp-said").textContent = text("screenCopied");
      });
    }
  }

  /** @param {boolean} running whether the machine is */
  machineIs(running) {
    this.#button.ariaDisabled = String(!running);
    if (!running && this.#dialog.open) this.#dialog.close();
    if (!running || this.#known) return;
    this.#known = true;
    // Where there is none, nobody needs to hear of it.
    this.#ask(null);
  }

  /** @param {boolean | null} on turn it on or off; null: neither */
  async #ask(on) {
    try {
      this.#show(await ask("screenRemote", { session: this.#session, on }));
    } catch (error) {
      const { message, fix } = /** @type {ErrorData} */ (error);
      element("rdp-trouble").textContent = [message, fix].filter(Boolean).join("\n");
      element("rdp-trouble").hidden = false;
    }
  }

  /** @param {{offered: boolean, url: string, user: string, password: string}} access */
  #show({ offered, ...access }) {
    this.#on = Boolean(access.url);
    this.#button.hidden = !offered;
    element("rdp-trouble").hidden = true;
    element("rdp-said").textContent = "";
    element("rdp-fields").hidden = !this.#on;
    element("rdp-switch").textContent = text(this.#on ? "screenRdpOff" : "screenRdpOn");
    for (const field of FIELDS) element(`rdp-${field}`).textContent = access[field].replace("rdp://", "");
  }
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
