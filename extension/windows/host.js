// A window's line to the program on this computer, by way of the background.
import "../shared/text-parameters.js";
import "../shared/translation.js";
import "../shared/error-codes.js";
import "../shared/error-text.js";
import "../shared/protocol.js";

/** @type {chrome.runtime.Port | null} */
let port = null;
let lastId = 0;
/** @type {Map<string, {resolve: (result: any) => void, reject: (error: ErrorData) => void, onEvent?: (event: string, args: any[]) => void}>} */
const pending = new Map();
/** @type {Set<(event: EventMessage) => void>} */
const listeners = new Set();

/**
 * @template {keyof CvmWindowActions} A
 * @param {A} action of the host, for windows
 * @param {CvmWindowActions[A]["params"]} [params]
 * @param {(event: string, args: any[]) => void} [onEvent] takes the events about this request
 * @returns {Promise<CvmWindowActions[A]["result"]>} rejects with ErrorData
 */
export function ask(action, params = {}, onEvent) {
  return new Promise((resolve, reject) => {
    const id = String(++lastId);
    pending.set(id, { resolve, reject, onEvent });
    connected().postMessage({ id, action, params });
  });
}

/** @param {(event: EventMessage) => void} listener of all sessions' events, and of "disconnected": the host has ended */
export function onEvents(listener) {
  listeners.add(listener);
  connected();
}

function connected() {
  if (port) return port;
  const opened = chrome.runtime.connect({ name: "window" });
  port = opened;
  opened.onMessage.addListener(receive);
  opened.onDisconnect.addListener(() => {
    void chrome.runtime.lastError;
    // The background was restarted; the next request connects again.
    port = null;
    const lost = [...pending.values()];
    pending.clear();
    for (const { reject } of lost) reject(cvmErrorText.makeError("connectionLost"));
    receive({ event: "disconnected", args: [] });
  });
  return opened;
}

/** @param {any} message */
function receive(message) {
  if ("event" in message) {
    if (message.request !== undefined) return pending.get(message.request)?.onEvent?.(message.event, message.args);
    for (const listener of listeners) listener(message);
    return;
  }
  const waiting = pending.get(message.id);
  pending.delete(message.id);
  if (message.error) waiting?.reject(message.error);
  else waiting?.resolve(message.result);
}
