import type {} from "../../extension/types/page-api.d.ts";

declare global {
  type CvmLoaderStep = "browser" | "extension" | "host" | "hostOld" | "extensionOld" | "trouble";
  interface CvmLoaderTexts {
    title: string;
    text: string;
    /** Text and address of the link that helps. */
    link: string;
    url: string;
    /** "Step 1 of 2", or empty. */
    count: string;
    later: string;
    waiting: string;
  }
  interface CvmLoaderOptions {
    links?: { extension?: string; host?: string; browsers?: string };
    /** Two letters, instead of the browser's language. */
    lang?: string;
    signal?: AbortSignal;
    /** Whether the page may be reloaded once the add-on is installed (Chromium needs that); true unless told. */
    reload?: boolean;
    /** Shows a step in the place of our panel; returns what takes it away. `dismiss` keeps it away. */
    panel?: (step: CvmLoaderStep, texts: CvmLoaderTexts, dismiss: () => void) => (() => void) | void;
  }
  /** Resolves once add-on and program are there; shows what is missing until then. */
  function cvmLoader(options?: CvmLoaderOptions): Promise<CernVM.Plugin>;
}
