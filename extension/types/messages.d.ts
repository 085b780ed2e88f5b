// The objects of the protocol, and the globals that classic scripts hand each other.

interface ErrorData {
  code: number;
  name: string;
  message: string;
  fix: string;
  params?: Record<string, unknown>;
}

interface PageRequest {
  id: string | number;
  action: string;
  params: Record<string, unknown>;
}

interface EventMessage {
  event: string;
  /** The page's id of the request that it is about. */
  request?: number;
  session?: string;
  args: any[];
}

type Caller = { kind: "page"; origin: string; tab: number } | { kind: "extension" };

interface HostInfo {
  protocol: number;
  version: string;
  capabilities: string[];
  platform: string;
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
  /** MB */
  download?: number;
  trust: string;
  flags: number;
  reason: "new" | "more";
}

declare var cvmErrorCodes: Readonly<Record<string, { code: number; params: string[] }>>;
declare var cvmErrors: {
  makeError(name: string, params?: Record<string, unknown>): ErrorData;
  translateError(error: ErrorData): ErrorData;
};
declare var cvmRequests: {
  LIMITS: Readonly<{ message: number; depth: number; inFlight: number; word: number }>;
  checkRequest(message: unknown): { request: PageRequest } | { problem: string };
};

interface CvmRelay {
  whyNotHere(): string;
  BackgroundLink: new (
    onMessage: (message: any) => void,
    onLost: () => void,
  ) => { send(request: PageRequest): void };
}
declare var cvmRelay: CvmRelay;
