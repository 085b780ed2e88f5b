// Requests of pages to the host, and answers and events to those pages that they are for.
import { cvmError, errorData } from "./errors.js";
import { checkFrame, checkSite } from "./managed-policy.js";
import { Paces } from "./paces.js";
import { PagePort } from "./page-ports.js";

// What a page may ask the host. The second kind is about a session that this frame has opened.
const OPENING = new Set(cvmProtocol.OPENING);
const SESSION = new Set(cvmProtocol.ABOUT_SESSION);
// For windows of the extension and the background; pages of the old API may ask for some, and are told no.
const PRIVILEGED = new Set(cvmProtocol.NOT_FOR_PAGES);

export class Router {
  #native;
  #screens;
  /** @type {Set<PagePort>} */
  #pages = new Set();
  /** Running requests by the host's id. @type {Map<string, {page: PagePort, id: RequestMessage["id"]}>} */
  #running = new Map();
  #paces = new Paces();

  /**
   * @param {import("./native-port.js").NativePort} native
   * @param {import("./screens.js").Screens} screens
   */
  constructor(native, screens) {
    this.#native = native;
    this.#screens = screens;
  }

  /** @param {chrome.runtime.Port} port */
  addPage(port) {
    this.#pages.add(new PagePort(port, (page, message) => this.#receive(page, message), (page) => this.#remove(page)));
    this.#native.keep("pages", true);
  }

  /** @param {EventMessage} message the host's */
  deliver({ event, request, session, args }) {
    if (request !== undefined) {
      const asker = this.#running.get(String(request));
      asker?.page.post({ event, request: asker.id, args });
      return;
    }
    for (const page of this.#pages) {
      if (page.sessions.has(String(session))) page.post({ event, session, args });
    }
  }

  /** The host knows nothing of these sessions any more. The pages connect and open theirs again. */
  hostLost() {
    for (const page of this.#pages) {
      page.sessions.clear();
      page.post({ event: "disconnected", args: [] });
    }
  }

  /** @param {PagePort} page */
  #remove(page) {
    this.#pages.delete(page);
    for (const hostId of page.requests.values()) this.#cancel(page, hostId);
    this.#native.keep("pages", this.#pages.size > 0);
  }

  /**
   * @param {PagePort} page
   * @param {unknown} message
   */
  #receive(page, message) {
    const id = /** @type {any} */ (message)?.id ?? null;
    const answered = (/** @type {unknown} */ result) => page.post({ id, result: result ?? {} });
    const failed = (/** @type {unknown} */ error) => page.post({ id, error: errorData(error) });
    try {
      this.#handle(page, message).then(answered, failed);
    } catch (error) {
      failed(error);
    }
  }

  /**
   * @param {PagePort} page
   * @param {unknown} message
   * @returns {Promise<any>}
   */
  #handle(page, message) {
    const { faultOf, isNote } = cvmRequestShape;
    const fault = faultOf(message);
    if (fault) throw cvmError("badMessage", { detail: fault });
    if (page.fault) throw cvmError(page.fault);
    const request = /** @type {RequestMessage} */ (message);
    if (isNote(request.action)) return this.#note(page, request);
    this.#paces.check(page.origin, request.action);
    if (request.action === "connect") return this.#connect(page);
    this.#refuseIfTooMany(page, request.action);
    this.#refuseUnlessAllowed(page, request);
    // The window is the extension's own: what it shows never comes by the page.
    if (request.action === "openRDPWindow") return this.#screens.show(String(request.params.session));
    return OPENING.has(request.action) ? this.#open(page, request) : this.#forward(page, request);
  }

  /**
   * @param {PagePort} page
   * @param {string} action
   */
  #refuseIfTooMany(page, action) {
    const { LIMITS } = cvmProtocol;
    const calls = (/** @type {PagePort} */ { requests, opening, fetches }) => requests.size + opening.size - fetches.size;
    const ofOrigin = [...this.#pages].filter(({ origin }) => origin === page.origin);
    const sum = (/** @type {(page: PagePort) => number} */ count) => ofOrigin.reduce((all, one) => all + count(one), 0);
    /** @type {[number, number][]} */
    const limits =
      action === "fetch"
        ? [[sum(({ fetches }) => fetches.size), LIMITS.fetches]]
        : [[calls(page), LIMITS.inFlight], [sum(calls), LIMITS.inFlightOfOrigin]];
    for (const [used, limit] of limits) if (used >= limit) throw cvmError("tooManyRequests", { limit });
  }

  /** @param {PagePort} page */
  async #connect(page) {
    await checkFrame(page);
    const { version, protocol, capabilities } = await this.#native.hello();
    return { version, protocol, capabilities, extension: chrome.runtime.getManifest().version };
  }

  /**
   * @param {PagePort} page
   * @param {RequestMessage} request
   */
  #refuseUnlessAllowed(page, { id, action, params }) {
    if (page.requests.has(id) || page.opening.has(id)) throw cvmError("badMessage", { detail: { code: "detail_idInUse" } });
    if (PRIVILEGED.has(action)) throw cvmError("notAllowed");
    if (SESSION.has(action)) {
      if (!page.sessions.has(String(params.session))) throw cvmError("sessionNotFound");
    } else if (!OPENING.has(action)) throw cvmError("unknownAction", { action });
  }

  /**
   * @param {PagePort} page
   * @param {RequestMessage} request that opens a session, if the administrator lets this website have any
   */
  async #open(page, request) {
    page.opening.add(request.id);
    try {
      await checkFrame(page);
      await checkSite(page.origin);
      // Nobody wants it any more: the page has gone, or has said so.
      if (!this.#pages.has(page) || !page.opening.has(request.id)) throw cvmError("cancelled");
    } finally {
      page.opening.delete(request.id);
    }
    this.#refuseUnlessAllowed(page, request);
    return this.#forward(page, request);
  }

  /**
   * @param {PagePort} page
   * @param {RequestMessage} request
   */
  async #forward(page, { id, action, params }) {
    const { id: hostId, answer } = this.#native.request(action, params, page.caller);
    page.requests.set(id, hostId);
    if (action === "fetch") page.fetches.add(id);
    this.#running.set(hostId, { page, id });
    try {
      const result = await answer;
      // Events of the session may be the host's very next message.
      if (OPENING.has(action)) page.sessions.add(result.session);
      return result;
    } finally {
      page.requests.delete(id);
      page.fetches.delete(id);
      this.#running.delete(hostId);
    }
  }

  /**
   * About a running request of the same frame. One that has ended meanwhile needs no note.
   * @param {PagePort} page
   * @param {RequestMessage} note
   */
  async #note(page, { action, params }) {
    if (action === "cancel") page.opening.delete(/** @type {any} */ (params.request));
    const request = page.requests.get(/** @type {any} */ (params.request));
    if (request === undefined) return {};
    return this.#native.request(action, { ...params, request }, page.caller).answer;
  }

  /**
   * @param {PagePort} page
   * @param {string} hostId
   */
  #cancel(page, hostId) {
    // The request itself answers that it was cancelled, or with what it had reached before.
    this.#native.request("cancel", { request: hostId }, page.caller).answer.catch(() => {});
  }
}
