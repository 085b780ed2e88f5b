// window.CVM as web pages see it.

export {};

declare global {
  namespace CernVM {
    /** Every failure of a call. */
    interface Failure extends Error {
      /** A number of the VMCP table, such as -10 for "not allowed". */
      readonly code: number;
      /** A stable identifier, such as "notTrusted". */
      readonly name: string;
      /** What the user can do about it. */
      readonly fix: string;
      /** What is filled into the texts: numbers, words, or texts of our own as `{code, params, text}`. */
      readonly params: Record<string, unknown>;
      /** What is wrong on this computer, for people, where that is known. */
      readonly cause?: unknown;
    }

    type OnSession = (session: Session) => void;
    type OnFailure = (message: string, code: number, error: Failure) => void;
    type Listener = (...args: any[]) => void;

    interface Source {
      /** The arguments of the event are the arguments of the listener. */
      addEventListener(name: string, listener: Listener): void;
      removeEventListener(name: string, listener: Listener): void;
      /** The same events as CustomEvents, whose `detail` is the list of arguments. */
      readonly events: EventTarget;
      /** Progress from now on, of the task under way or of the next one, until it is completed or fails. */
      progress(): AsyncGenerator<Progress>;
    }

    interface Progress {
      message: string;
      /** 0 to 1, never falling. */
      fraction: number;
      /** What is being done, such as "downloadingImage": a name that stays, whatever the language of `message`. */
      phase?: string;
      /** Of a download: bytes so far. */
      done?: number;
      /** Of a download: bytes in all; 0 when that is not known. */
      total?: number;
      /** Of a download: bytes a second. */
      speed?: number;
      /** What an installer of the system says of itself. */
      words?: string;
    }

    interface WaitOptions {
      /** Milliseconds, 300,000 unless told. */
      timeout?: number;
      signal?: AbortSignal;
    }

    interface API {
      /** Of the add-on, "a.b.c". */
      readonly version: string;
      /** Calls back once the document has loaded and the host has answered. */
      startCVMWebAPI(onReady: (plugin: Plugin) => void, onFailed?: unknown, unused?: unknown): void;
      connect(): Promise<Plugin>;
      /** For pages that count as loaded earlier or later than the browser says. */
      markPageLoaded(): void;
      /** Writes every message to the console. */
      debugLogging: boolean;
    }

    /** Fires started, progress, completed and failed while a session is requested; connected and disconnected. */
    interface Plugin extends Source {
      /** Of the host; "" until connected. */
      readonly version: string;
      readonly capabilities: string[];
      requestSession(vmcpURL: string, options: { signal?: AbortSignal }): Promise<Session>;
      requestSession(
        vmcpURL: string,
        onOk?: OnSession,
        onFail?: OnFailure,
        options?: { signal?: AbortSignal },
      ): Promise<Session>;
      syncSessions(): Promise<void>;
      enumSessions(onDone?: (sessions: unknown) => void): Promise<unknown>;
      controlSession(id: string, action: string, onDone?: (result: unknown) => void): Promise<unknown>;
      stopService(): Promise<unknown>;
    }

    interface FetchInit {
      method?: string;
      headers?: HeadersInit;
      /** At most 256 MB. A stream is sent while it is read. */
      body?: BodyInit | null;
      /** Also ends an answer whose body is still being read. */
      signal?: AbortSignal;
      /** Milliseconds until the answer begins, counted from the last byte sent; 60,000 unless told, 600,000 at most. */
      timeout?: number;
    }

    interface Flags {
      value: number;
      use64bit: boolean;
      useBootDisk: boolean;
      useGuestAdditions: boolean;
      useFloppyIO: boolean;
      headful: boolean;
    }

    /**
     * Fires stateChanged(state), apiStateChanged(available, url), started(message), progress(message, fraction),
     * completed(message), failed(message), failure(flags), resolutionChanged(width, height, bpp), lengthyTask(message, on).
     */
    interface Session extends Source {
      readonly name: string;
      /** 0 missing, 1 available, 2 powered off, 3 saved, 4 paused, 5 running. */
      readonly state: number;
      readonly stateName: string;
      readonly ip: string;
      readonly cpus: number;
      /** MB */
      readonly memory: number;
      /** MB */
      readonly disk: number;
      /** Of the application in the guest, "" while there is none. */
      readonly apiURL: string;
      readonly apiAvailable: boolean;
      /** "rdp://127.0.0.1:port" while the user has RDP turned on in the window of the screen, else "". */
      readonly rdpURL: string;
      /** Percent of a processor. */
      executionCap: number;
      version: string;
      flavor: string;
      diskURL: string;
      diskChecksum: string;
      get flags(): Flags;
      set flags(value: number | Partial<Flags>);
      // generated: calls
      /**
       * Brings the machine to running, from whatever state. `values` fill the `${macros}` of the user data. The
       * signal gives it up; what has been downloaded is kept.
       */
      start(values?: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<Session>;
      /** Powers the machine off. */
      stop(): Promise<Session>;
      /** Pauses the machine. */
      pause(): Promise<Session>;
      /** Brings the machine to running, as `start` does, with the values that it was given before. */
      resume(): Promise<Session>;
      /** Saves the machine's state to the disk, and powers it off. */
      hibernate(): Promise<Session>;
      /** Presses the machine's reset button. */
      reset(): Promise<Session>;
      /** Powers off and destroys the machine and its disks. */
      close(): Promise<Session>;
      /** Looks at the machine's state, which may have been changed elsewhere. */
      sync(): Promise<Session>;
      /**
       * Shows the machine's screen in a window of the add-on, where the visitor can type into it. Called again, it
       * brings that window to the front. The page gets no picture of it.
       */
      openRDPWindow(): Promise<Session>;
      /**
       * Sends an HTTP request to the application in the machine, by way of the add-on, without exceptions for CORS or
       * mixed content, and resolves with a `Response`. Redirects are answers like any other; cookies are kept out in
       * both directions. When an answer breaks off, a reader of `body` gets the add-on's own error; `text()`,
       * `json()` and their like give the browser's.
       */
      fetch(path: string, init?: FetchInit): Promise<Response>;
      /**
       * Reads one of the settings `executionCap`, `version`, `flavor`, `diskURL`, `diskChecksum`, `flags`; other
       * names are an error.
       */
      getAsync(name: string, onValue?: (value: unknown) => void): Promise<unknown>;
      /** Changes one of them, where the signed description lets a page do so. */
      setAsync(name: string, value: unknown, onDone?: (value: unknown) => void): Promise<unknown>;
      /** Keeps a text of the page's with the session. */
      setProperty(name: string, value: unknown): Promise<void>;
      // end: calls
      /** Resolves once the application in the machine answers; rejects with "apiTimeout" or "cancelled". */
      waitForAPI(options?: WaitOptions): Promise<Session>;
      /** From the cached copy, "" where there is none. */
      getProperty(name: string): string;
    }
  }

  interface Window {
    readonly CVM: CernVM.API;
  }

  /** There before any script of the page; frozen. */
  var CVM: CernVM.API;
}
