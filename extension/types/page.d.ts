// What the scripts of extension/page/ hand each other by `cvmParts`.

type SettingName = "executionCap" | "version" | "flavor" | "diskURL" | "diskChecksum" | "flags";

interface CallOptions {
  /** Takes the events about this call, until it is answered. */
  onEvent?: (event: string, args: any[]) => void;
  /** Takes, once the request is on its way, what sends notes about it: "cancel", "fetchMore", "fetchBody". */
  onSent?: (note: SendNote) => void;
  signal?: AbortSignal;
}

type SendNote = (note: string, params: Record<string, unknown>) => void;

interface PendingCall {
  resolve: (result: any) => void;
  reject: (error: unknown) => void;
  onEvent?: (event: string, args: any[]) => void;
  done: () => void;
}

declare class CvmDispatcher {
  readonly events: EventTarget;
  addEventListener(name: string, listener: Function): void;
  removeEventListener(name: string, listener: Function): void;
  progress(): AsyncGenerator<CernVM.Progress>;
  static over(source: CvmDispatcher): void;
  static fire(source: CvmDispatcher, name: string, args: unknown[]): void;
}

declare class CvmConnection {
  constructor(onSessionEvent: (event: EventMessage) => void);
  debugLogging: boolean;
  offer(port: MessagePort): Promise<void>;
  call(action: string, params: Record<string, unknown>, options?: CallOptions): Promise<any>;
}

interface CvmAnswerStream {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  add(bytes: Uint8Array<ArrayBuffer>): void;
  end(): void;
  fail(error: unknown): void;
}

interface CvmRequestStream {
  /** The host takes so many bytes more. */
  more(bytes: number): void;
  /** Rejects with the page's own error when its stream fails. */
  sent: Promise<void>;
  stop(): void;
}

interface CvmSession extends CernVM.Session {}
interface CvmPlugin extends CernVM.Plugin {}

interface CvmParts {
  protocol: CvmPageProtocol;
  JSON: Pick<JSON, "parse" | "stringify">;
  Promise: PromiseConstructor;
  Map: MapConstructor;
  Set: SetConstructor;
  Error: ErrorConstructor;
  URL: typeof URL;
  EventTarget: typeof EventTarget;
  CustomEvent: typeof CustomEvent;
  clearTimeout: (timer: any) => void;
  ReadableStream: typeof ReadableStream;
  Response: typeof Response;
  Headers: typeof Headers;
  Uint8Array: typeof Uint8Array;
  btoa: (text: string) => string;
  atob: (text: string) => string;
  setTimeout: (action: () => void, milliseconds: number) => unknown;
  reportError: (error: unknown) => void;
  console: Pick<Console, "debug" | "warn">;
  CVMError: new (data: ErrorData) => CernVM.Failure;
  pageCodes: Readonly<Record<string, number>>;
  pageTexts: Readonly<Record<string, string>>;
  pageError(name: string, params?: Record<string, string | number | PhraseData>): CernVM.Failure;
  pageDetail(code: string, params?: Record<string, string | number>): PhraseData;
  Dispatcher: typeof CvmDispatcher;
  waitForAPI<S extends CernVM.Session>(session: S, options?: CernVM.WaitOptions): Promise<S>;
  progressOf(source: CernVM.Source, ends: Set<() => void>): AsyncGenerator<CernVM.Progress>;
  callSafely(action: () => void): void;
  quiet<T>(promise: Promise<T>): Promise<T>;
  Connection: typeof CvmConnection;
  toBase64(bytes: Uint8Array<ArrayBuffer>): string;
  fromBase64(text: string): Uint8Array<ArrayBuffer>;
  answerStream(note: SendNote): CvmAnswerStream;
  requestStream(body: ReadableStream<Uint8Array<ArrayBuffer>>, note: SendNote): CvmRequestStream;
  fetchFromApplication(
    call: (params: Record<string, unknown>, options: CallOptions) => Promise<any>,
    path: string,
    init?: CernVM.FetchInit,
  ): Promise<Response>;
  makeFlags(read: () => number, write: (value: number) => void): CernVM.Flags;
  flagsValue(assigned: unknown, current: number): number;
  Session: {
    new (
      call: (action: string, params: Record<string, unknown>, options?: CallOptions) => Promise<any>,
      snapshot: Snapshot,
    ): CvmSession;
    hear(session: CvmSession, event: string, args: any[]): void;
    refresh(session: CvmSession, vars: Partial<Snapshot>): void;
  };
  Plugin: {
    new (): CvmPlugin;
    connect(plugin: CvmPlugin): Promise<CvmPlugin>;
    connectionOf(plugin: CvmPlugin): CvmConnection;
  };
  whenLoaded(): Promise<void>;
  markPageLoaded(): void;
}

declare var cvmParts: CvmParts;
