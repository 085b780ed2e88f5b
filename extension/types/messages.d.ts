// The objects of the protocol, and the globals that classic scripts hand each other.

/** A text within a text: its key, its parameters, and the program's English for it. */
interface PhraseData {
  code: string;
  params?: Record<string, unknown>;
  text?: string;
}

interface ErrorData {
  code: number;
  name: string;
  message: string;
  fix: string;
  /** Of its texts: words, numbers, or `PhraseData`. */
  params?: Record<string, unknown>;
  /** What is wrong on this computer, where the host could find out. */
  cause?: string;
  diagnosis?: CheckResult;
}

/** One finding of the host's doctor. */
interface CheckResult {
  id: string;
  check: string;
  title: string;
  advice: string;
  status: "ok" | "warning" | "problem" | "unknown";
  found: string;
  cause: string;
  fix: string;
  /** What to type; "" if nothing. */
  command: string;
  repair: boolean;
  /** Of the three texts. */
  params: Record<string, unknown>;
}

interface RequestMessage {
  id: string | number;
  action: string;
  params: Record<string, unknown>;
}

interface AnswerMessage {
  /** null: the request had none. */
  id: string | number | null;
  result?: any;
  error?: ErrorData;
}

interface EventMessage {
  event: string;
  /** The id of the request that it is about. */
  request?: string | number;
  session?: string;
  args: any[];
}

interface QuestionMessage {
  question: string;
  id: string;
  request?: string;
  details: ConfirmDetails | InstallDetails | RemedyDetails;
}

type Caller = { kind: "page"; origin: string; tab: number; foreignFrame?: true } | { kind: "extension" };

interface HostInfo {
  protocol: number;
  version: string;
  capabilities: string[];
  platform: string;
}

/** What the installation window is told; see the host's question "confirmInstall". */
interface InstallDetails {
  domain: string;
  origin: string;
  reason: "missing" | "broken" | "old";
  /** Of the VirtualBox that is too old. */
  version: string;
  way: "package" | "download" | "manual";
  /** A command, or the address of the downloads. */
  manual: string;
  newVersion?: string;
  manager?: string;
  host?: string;
  /** MB */
  size?: number;
  /** Why there is no other way than by hand. */
  fault?: ErrorData;
}

/** What the window is told that says what stands in the way; see the host's question "confirmRemedy". */
interface RemedyDetails {
  domain: string;
  origin: string;
  /** With the doctor's diagnosis. */
  error: ErrorData;
}

/** What the confirmation window is told; see the host's question "confirmSession". */
interface ConfirmDetails {
  domain: string;
  origin: string;
  name: string;
  cpus: number;
  /** MB */
  memory: number;
  /** MB; 0: none */
  disk: number;
  /** MB; 0: it is here already */
  download?: number;
  trust: string;
  flags: number;
  reason: "new" | "more";
  /** How far the user may lower the amounts. */
  least?: Record<"cpus" | "memory" | "disk", number>;
  /** An administrator has named the website. */
  approved?: boolean;
  stale?: boolean;
}

/** What the user says; an amount that is not there is as asked. */
interface ConfirmAnswer {
  yes: boolean;
  answer?: string;
  resources?: Partial<Record<"cpus" | "memory" | "disk", number>>;
}

/** As in _locales. */
type CvmMessages = Record<string, { message: string }>;
/** The parameters of each text that has some, in the order in which _locales counts them. */
declare var cvmTextParameters: Readonly<Record<string, string[]>>;
/** What a task is doing. Of a download bytes and bytes a second; `total` is 0 where it is not known. */
type CvmPhase = { phase: string; words?: string; done?: number; total?: number; speed?: number };
type CvmDownload = CvmPhase & { done: number };
declare var cvmTranslation: (name: string, params?: Record<string, unknown>) => string;
/** For Intl. */
declare var cvmLanguage: () => string;
/** When the user's choice is known. */
declare var cvmTranslationRead: Promise<void>;
declare var cvmPhases: Readonly<{
  title(phase: CvmPhase | null | undefined, words: string): string;
  sentence(phase: CvmPhase | null | undefined, words: string): string;
  isDownload(phase: CvmPhase | null | undefined): phase is CvmDownload;
  numbers(download: CvmDownload): string[];
}>;
declare var cvmErrorCodes: Readonly<Record<string, number>>;
declare var cvmErrorText: Readonly<{
  makeError(name: string, params?: Record<string, string | number | PhraseData>): ErrorData;
  translateError(error: ErrorData): ErrorData;
  translateCheck(check: CheckResult): CheckResult;
}>;
declare var cvmRequestShape: Readonly<{
  LIMITS: Readonly<{
    size: number;
    depth: number;
    inFlight: number;
    inFlightOfOrigin: number;
    fetches: number;
    pace: Readonly<Record<"frame" | "origin" | "openings", { burst: number; perSecond: number }>>;
    action: number;
  }>;
  isNote(action: string): boolean;
  faultOf(message: unknown): PhraseData | null;
}>;

interface CvmPace {
  readonly rested: boolean;
  take(): boolean;
}
declare var CvmPace: { new (limits: { burst: number; perSecond: number }): CvmPace };

/** A request that takes a while, as the status corner shows it. */
interface CvmActivity {
  id: string | number;
  session: string;
  /** Milliseconds since 1970. */
  since: number;
  words: string;
  phase: CvmPhase | null;
  fraction: number | null;
  /** The visitor has paused its download. */
  paused: boolean;
}

interface CvmRelayParts {
  Activities: {
    new (changed: () => void): {
      readonly shown: CvmActivity | null;
      readonly failure: ErrorData | null;
      dismiss(): void;
      toggle(activity: CvmActivity): void;
      sent(request: RequestMessage): void;
      received(message: AnswerMessage | EventMessage): void;
    };
  };
  StatusCorner: {
    new (cancel: (request: RequestMessage["id"]) => void, pause: (request: RequestMessage["id"], on: boolean) => void): {
      sent(request: RequestMessage): void;
      received(message: AnswerMessage | EventMessage): void;
    };
  };
  whyNotHere(): string;
  sameOriginUpToTop(): boolean;
  BackgroundLink: {
    new (onMessage: (message: any) => void, onLost: (reason: ErrorData) => void): {
      post(request: RequestMessage): void;
      close(): void;
    };
    whyGone(): ErrorData;
  };
}
declare var cvmRelayParts: CvmRelayParts;
