// What the program on this computer is doing for this page, as the status corner tells it: of each request that takes a
// while its words and progress, and the last failure. No document is touched here.
(() => {
  "use strict";

  const SHOWN = new Set(cvmProtocol.TASKS);
  // The visitor's own doing, or soon to be replaced by what comes after.
  const NO_FAILURE = new Set(["cancelled", "superseded", "refusedByUser", "throttled", "extensionGone", "sessionNotFound"]);

  class Activities {
    /** Oldest first. @type {Map<RequestMessage["id"], CvmActivity>} */
    #running = new Map();
    /** @type {ErrorData | null} */
    failure = null;
    #changed;

    /** @param {() => void} changed */
    constructor(changed) {
      this.#changed = changed;
    }

    /** The one to show: the visitor waits for the latest. */
    get shown() {
      return [...this.#running.values()].at(-1) ?? null;
    }

    dismiss() {
      this.failure = null;
      this.#changed();
    }

    /** @param {CvmActivity} activity whose download rests from now on, or goes on */
    toggle(activity) {
      activity.paused = !activity.paused;
      this.#changed();
    }

    /** @param {RequestMessage} request that goes to the host */
    sent({ id, action, params }) {
      if (!SHOWN.has(action)) return;
      this.failure = null;
      this.#running.set(id, { id, session: String(params.session ?? ""), since: Date.now(), words: "", phase: null, fraction: null, paused: false });
      this.#changed();
    }

    /** @param {AnswerMessage | EventMessage} message that goes to the page */
    received(message) {
      if ("event" in message) this.#event(message);
      else if (message.id !== null) this.#ended(message.id, message.error);
    }

    /**
     * @param {RequestMessage["id"]} id
     * @param {ErrorData | undefined} error
     */
    #ended(id, error) {
      if (!this.#running.delete(id)) return;
      if (error && !NO_FAILURE.has(error.name)) this.failure = error;
      this.#changed();
    }

    /** @param {EventMessage} message */
    #event({ event, request, session, args }) {
      if (event !== "progress" && event !== "started") return;
      const about = [...this.#running.values()].find(({ id, session: of }) =>
        request === undefined ? of !== "" && of === session : id === request,
      );
      if (!about) return;
      about.words = String(args[0]).slice(0, 200);
      about.phase = args[event === "progress" ? 2 : 1] ?? null;
      if (event === "progress") about.fraction = Math.min(1, Math.max(0, Number(args[1]) || 0));
      this.#changed();
    }
  }

  Object.assign(cvmRelayParts, { Activities });
})();
