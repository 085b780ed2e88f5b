// The objects of the protocol, and the globals that classic scripts hand each other.

/** A text within a text: its key, its parameters, and the program's English for it. */
interface PhraseData {
  code: string;
  params?: Record<string, unknown>;
  text?: string;
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
type CvmPhase = PhaseData;
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
