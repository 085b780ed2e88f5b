// The relay, in a world of its own beside the page: takes the page's requests, refuses what is not one, and passes the
// others on to the background. What comes back goes to the page as JSON text, so that no object is shared.
(() => {
  "use strict";
  const { makeError, translateError } = cvmErrorText;
  const { faultOf, isNote } = cvmRequestShape;
  const { LIMITS } = cvmProtocol;
  const { BackgroundLink, StatusCorner, whyNotHere } = cvmRelayParts;
  /** Events of a task whose first argument is words. */
  const TASK = new Set(["started", "progress", "completed"]);
  /** Of requests that are not the page's but the corner's. */
  const OWN = "corner:";

  const { port1: toPage, port2: forPage } = new MessageChannel();
  /** @type {Set<RequestMessage["id"]>} */
  const inFlight = new Set();
  /** Those of them that go to applications. @type {Set<RequestMessage["id"]>} */
  const fetches = new Set();
  const background = new BackgroundLink(deliver, lost);
  const whyNot = whyNotHere();
  const pace = new CvmPace(LIMITS.pace.frame);
  const corner = new StatusCorner(cancel, pause);

  /** @param {MessageEvent} event */
  toPage.onmessage = ({ data }) => {
    const request = /** @type {RequestMessage} */ (parse(data));
    const refusal = refuse(data, request);
    if (refusal) return tell({ id: request?.id ?? null, error: refusal });
    // Whether we live, as the page wants to know when another relay offers itself.
    if (request.action === "ping") return tell({ id: request.id, result: {} });
    forward(request);
  };

  /** @param {RequestMessage} request */
  function forward(request) {
    if (!isNote(request.action)) inFlight.add(request.id);
    if (request.action === "fetch") fetches.add(request.id);
    corner.sent(request);
    try {
      background.post({ id: request.id, action: request.action, params: request.params });
    } catch {
      lost(BackgroundLink.whyGone());
    }
  }

  /** @param {RequestMessage["id"]} request that the visitor no longer wants */
  function cancel(request) {
    note("cancel", { request });
  }

  /**
   * @param {RequestMessage["id"]} request whose downloads shall rest
   * @param {boolean} on false: they go on
   */
  function pause(request, on) {
    note("pauseDownload", { request, on });
  }

  /**
   * @param {string} action
   * @param {{request: RequestMessage["id"], on?: boolean}} params
   */
  function note(action, params) {
    try {
      background.post({ id: OWN + params.request, action, params });
    } catch {
      lost(BackgroundLink.whyGone());
    }
  }

  /**
   * @param {unknown} data
   * @param {unknown} request
   * @returns {ErrorData | null}
   */
  function refuse(data, request) {
    // Of an orphan nothing works, least of all the texts of other errors.
    if (!chrome.runtime?.id) return BackgroundLink.whyGone();
    if (whyNot) return makeError(whyNot);
    const tooLarge = typeof data !== "string" || data.length > LIMITS.size;
    const fault = tooLarge ? { code: "detail_text", params: { limit: LIMITS.size } } : faultOf(request);
    if (fault) return makeError("badMessage", { detail: fault });
    const { id, action } = /** @type {RequestMessage} */ (request);
    if (inFlight.has(id)) return makeError("badMessage", { detail: { code: "detail_idInUse" } });
    if (isNote(action)) return null;
    if (!pace.take()) return makeError("rateLimited", { limit: LIMITS.pace.frame.perSecond });
    const [used, limit] =
      action === "fetch" ? [fetches.size, LIMITS.fetches] : [inFlight.size - fetches.size, LIMITS.inFlight];
    return used < limit ? null : makeError("tooManyRequests", { limit });
  }

  /** @param {unknown} data */
  function parse(data) {
    if (typeof data !== "string" || data.length > LIMITS.size) return null;
    try {
      return JSON.parse(data);
    } catch {
      return null;
    }
  }

  /** @param {AnswerMessage | EventMessage} message */
  function deliver(message) {
    if ("id" in message && message.id !== null) {
      fetches.delete(message.id);
      // The page has no use for an answer that it did not ask for.
      if (!inFlight.delete(message.id)) return;
    }
    corner.received(message);
    tell("event" in message ? inTheirLanguage(message) : message);
  }

  /**
   * What a task says of itself: words, a fraction where there is one, and the phase. Of its failure the page gets the
   * message alone.
   * @param {EventMessage} message
   * @returns {EventMessage}
   */
  function inTheirLanguage(message) {
    const [words, ...more] = message.args;
    if (message.event === "failed") {
      return { ...message, args: [more[0] && typeof more[0] === "object" ? translateError(more[0]).message : words] };
    }
    if (!TASK.has(message.event)) return message;
    const phase = more.find((part) => part && typeof part === "object");
    return { ...message, args: [cvmPhases.sentence(phase, String(words)), ...more] };
  }

  /** @param {ErrorData} reason */
  function lost(reason) {
    const ids = [...inFlight];
    inFlight.clear();
    fetches.clear();
    for (const id of ids) {
      corner.received({ id, error: reason });
      tell({ id, error: reason });
    }
    tell({ event: "disconnected", args: [] });
  }

  /** @param {object} message */
  function tell(message) {
    toPage.postMessage(JSON.stringify(message));
  }

  // A page that is left may be kept (back/forward cache), and come back with all that it knew. Browsers differ in what
  // becomes of its port meanwhile; so it is given up, and what happened is asked for afterwards.
  addEventListener("pagehide", ({ isTrusted, persisted }) => isTrusted && persisted && background.close());
  addEventListener("pageshow", ({ isTrusted, persisted }) => {
    if (isTrusted && persisted) lost(BackgroundLink.whyGone());
  });

  // The page's script may be loaded already, or is loaded next; whichever comes second starts the exchange. All of it
  // happens before the page's own scripts. Page and relay are two worlds with one document: the event carries the port.
  function handOver() {
    const event = new MessageEvent("cvm-relay", { ports: [forPage], cancelable: true });
    document.dispatchEvent(event);
    if (event.defaultPrevented) document.removeEventListener("cvm-page", handOver);
  }
  document.addEventListener("cvm-page", handOver);
  handOver();
})();
