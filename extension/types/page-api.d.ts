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
      /** `signal` gives it up; what has been downloaded is kept. */
      start(values?: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<Session>;
      stop(): Promise<Session>;
      pause(): Promise<Session>;
      resume(): Promise<Session>;
      hibernate(): Promise<Session>;
      reset(): Promise<Session>;
      /** Powers off and destroys the machine and its disks. */
      close(): Promise<Session>;
      sync(): Promise<Session>;
      /** Resolves once the application in the machine answers; rejects with "apiTimeout" or "cancelled". */
      waitForAPI(options?: WaitOptions): Promise<Session>;
      /**
       * Shows the machine's screen in a window of the add-on, or brings that window to the front; keys typed there go to
       * the machine. The page gets no pictures.
       */
      openRDPWindow(): Promise<Session>;
      /**
       * An HTTP request to the application in the machine, by way of the add-on: no CORS, no mixed content. Redirects
       * are answers like any other; cookies are kept out in both directions. When an answer breaks off, a reader of
       * `body` gets the add-on's own error; text(), json() and their like give the browser's.
       * @param path of the application, with its query, such as "/status?all=1"
       */
      fetch(path: string, init?: FetchInit): Promise<Response>;
      getAsync(name: string, onValue?: (value: unknown) => void): Promise<unknown>;
      setAsync(name: string, value: unknown, onDone?: (value: unknown) => void): Promise<unknown>;
      /** From the cached copy, "" where there is none. */
      getProperty(name: string): string;
      setProperty(name: string, value: unknown): Promise<void>;
    }
  }

  interface Window {
    readonly CVM: CernVM.API;
  }

  /** There before any script of the page; frozen. */
  var CVM: CernVM.API;
}
