// Why a native messaging port closed. Browsers tell it in an English sentence only (Chromium: native_message_port.cc and
// native_message_process_host.cc; Firefox: NativeMessaging.sys.mjs), so the sentences are looked through for their marks.

/** @type {[RegExp, string][]} */
const MARKS = [
  [/not found|no such native application|failed to start|does not exist|not executable/i, "hostMissing"],
  [/forbidden|does not have permission|not allowed/i, "hostForbidden"],
];

/**
 * @param {string} text of runtime.lastError (Chromium) or port.error (Firefox)
 * @returns {"hostMissing" | "hostForbidden" | "hostCrashed"}
 */
export function whyHostLost(text) {
  const mark = MARKS.find(([pattern]) => pattern.test(text));
  return /** @type {any} */ (mark?.[1] ?? "hostCrashed");
}
