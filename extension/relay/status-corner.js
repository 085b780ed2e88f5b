// A discreet corner in the page while the program on this computer works for it. It lies in a closed shadow tree made in
// our own world: the page can neither read nor style what is in it. Nothing in it agrees to anything.
(() => {
  "use strict";
  const { Activities } = cvmRelayParts;

  /** Milliseconds that something must take to be worth showing. */
  const WORTH_SHOWING = 400;
  const OFF = 'meta[name="cernvm-webapi-status"][content="off" i]';
  // Rules for the host element with !important win over all that the page says of it (CSS Scoping, 3.3).
  const STYLE = `
    :host { all: initial !important; position: fixed !important; inset: auto 16px 16px auto !important; display: block !important;
      z-index: 2147483647 !important; color-scheme: light dark !important; }
    :host([hidden]) { display: none !important; }
    [hidden] { display: none !important; }
    section { box-sizing: border-box; width: min(320px, calc(100vw - 32px)); max-height: calc(100vh - 32px); overflow: auto;
      padding: 12px 14px; border: 1px solid #e1e5ea; border-radius: 12px; background: #fff; color: #1c2430;
      box-shadow: 0 4px 18px rgb(0 0 0 / 18%); font: 14px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
    .title { font-weight: 600; }
    p { margin: 2px 0 0; color: #566172; font-size: 13px; white-space: pre-line; font-variant-numeric: tabular-nums; }
    .bar { height: 6px; margin: 8px 0; border-radius: 3px; background: #e1e5ea; overflow: hidden; }
    .bar div { height: 100%; border-radius: 3px; background: #1259b8; }
    button { min-height: 32px; margin-top: 6px; padding: 3px 12px; border: 1px solid #c3cad3; border-radius: 8px;
      background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
    button + button { margin-inline-start: 8px; }
    button:focus-visible { outline: 3px solid #1259b8; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      section { border-color: #323a46; background: #1f242c; color: #edf0f4; }
      p { color: #a7b1c0; }
      .bar { background: #323a46; }
      .bar div { background: #7db4ff; }
      button { border-color: #566172; }
      button:focus-visible { outline-color: #7db4ff; }
    }
    @media (forced-colors: active) { .bar div { background: CanvasText; forced-color-adjust: none; } }
    @media (prefers-reduced-motion: no-preference) { .bar div { transition: width 0.2s; } }`;

  class StatusCorner {
    #activities = new Activities(() => this.#draw());
    #cancel;
    #pause;
    #on = false;
    /** @type {ReturnType<typeof build> | null} */
    #view = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #later;

    /**
     * @param {(request: RequestMessage["id"]) => void} cancel
     * @param {(request: RequestMessage["id"], on: boolean) => void} pause downloads
     */
    constructor(cancel, pause) {
      this.#cancel = cancel;
      this.#pause = pause;
      // Of frames, the outermost one has a corner.
      if (window !== window.top) return;
      chrome.storage.local.get({ status_corner: true }).then(({ status_corner }) => this.#turn(Boolean(status_corner)), () => {});
      chrome.storage.onChanged.addListener(({ status_corner: changed }) => {
        if (changed) this.#turn(changed.newValue !== false);
      });
    }

    /** @param {RequestMessage} request */
    sent(request) {
      this.#activities.sent(request);
    }

    /** @param {AnswerMessage | EventMessage} message */
    received(message) {
      this.#activities.received(message);
    }

    /** @param {boolean} on */
    #turn(on) {
      this.#on = on;
      this.#draw();
    }

    #draw() {
      clearTimeout(this.#later);
      const { shown, failure } = this.#activities;
      const wait = shown ? WORTH_SHOWING - (Date.now() - shown.since) : 0;
      if (!this.#on || (!shown && !failure) || document.querySelector(OFF)) {
        this.#view?.hide();
      } else if (shown && wait > 0 && !this.#view?.visible()) {
        this.#later = setTimeout(() => this.#draw(), wait);
      } else {
        this.#view ??= build(() => this.#pressed(), () => this.#pausePressed());
        if (shown) this.#view.working(shown);
        else if (failure) this.#view.failed(failure);
      }
    }

    #pressed() {
      const { shown } = this.#activities;
      if (shown) this.#cancel(shown.id);
      else this.#activities.dismiss();
    }

    #pausePressed() {
      const { shown } = this.#activities;
      if (!shown) return;
      this.#activities.toggle(shown);
      this.#pause(shown.id, shown.paused);
    }
  }

  /**
   * @param {() => void} pressed
   * @param {() => void} pausePressed
   */
  function build(pressed, pausePressed) {
    const host = document.createElement("cernvm-webapi-status");
    const root = host.attachShadow({ mode: "closed" });
    const card = leaf("section");
    const title = leaf("div");
    const detail = leaf("p");
    const bar = leaf("div");
    const filled = leaf("div");
    const button = buttonFor(pressed);
    const pause = buttonFor(pausePressed);
    card.ariaLabel = "CernVM WebAPI";
    title.className = "title";
    title.setAttribute("role", "status");
    bar.className = "bar";
    bar.setAttribute("role", "progressbar");
    bar.ariaLabel = text("cornerProgress");
    bar.ariaValueMin = "0";
    bar.ariaValueMax = "100";
    bar.append(filled);
    card.append(title, detail, bar, button, pause);
    root.append(style(), card);

    function show() {
      host.hidden = false;
      if (!host.isConnected) document.documentElement.append(host);
    }

    return {
      hide: () => host.remove(),
      visible: () => host.isConnected,
      /** @param {CvmActivity} activity */
      working({ words, phase, fraction, paused }) {
        const download = cvmPhases.isDownload(phase);
        card.removeAttribute("role");
        say(title, paused ? text("cornerPaused") : cvmPhases.title(phase, words) || text("cornerWorking"));
        const percent = fraction === null ? "" : percentage(fraction);
        say(detail, [percent, ...(download ? cvmPhases.numbers(phase) : [phase?.words ?? ""])].filter(Boolean).join(" · "));
        bar.hidden = fraction === null;
        filled.style.width = `${(fraction ?? 0) * 100}%`;
        bar.ariaValueNow = String(Math.round((fraction ?? 0) * 100));
        say(button, text("cornerCancel"));
        pause.hidden = !download;
        say(pause, text(paused ? "cornerGoOn" : "cornerPause"));
        show();
      },
      /** @param {ErrorData} error */
      failed({ message, cause, fix }) {
        card.setAttribute("role", "alert");
        say(title, message);
        say(detail, [cause, fix].filter(Boolean).join("\n"));
        bar.hidden = true;
        say(button, text("cornerClose"));
        pause.hidden = true;
        show();
      },
    };
  }

  /** @param {() => void} pressed */
  function buttonFor(pressed) {
    const made = /** @type {HTMLButtonElement} */ (leaf("button"));
    made.type = "button";
    // Scripts of the page can't reach it; neither may they press it by other means.
    made.addEventListener("click", (event) => event.isTrusted && pressed());
    return made;
  }

  /** An element of our own: the page's content security policy does not bind what an extension's script adds by CSSOM. */
  function style() {
    const made = document.createElement("style");
    made.textContent = STYLE;
    return made;
  }

  /** @param {number} fraction */
  function percentage(fraction) {
    return new Intl.NumberFormat(cvmLanguage(), { style: "percent" }).format(fraction);
  }

  /** @param {string} name */
  function text(name) {
    return cvmTranslation(name);
  }

  /** @param {string} tag */
  function leaf(tag) {
    return document.createElement(tag);
  }

  /**
   * @param {HTMLElement} element
   * @param {string} content
   */
  function say(element, content) {
    if (element.textContent !== content) element.textContent = content;
  }

  cvmRelayParts.StatusCorner = StatusCorner;
})();
