// A fake of the relay's end of a message port: keeps what the page's side asks, and answers what a test has an answer for.

export class FakeRelay {
  /** @type {any[]} */
  heard = [];
  /** @type {((event: {data: string}) => void) | null} */
  onmessage = null;
  /** By action, what it answers at once; what such a function throws is the error. @type {Record<string, (params: any) => any>} */
  answers = {};

  /** @param {string} text */
  postMessage(text) {
    const request = JSON.parse(text);
    this.heard.push(request);
    const answer = this.answers[request.action];
    if (answer) queueMicrotask(() => this.say({ id: request.id, ...outcome(answer, request.params) }));
  }

  /** @param {object} message */
  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The names of all that was asked. */
  get actions() {
    return this.heard.map(({ action }) => action);
  }
}

/**
 * @param {(params: any) => any} answer
 * @param {any} params
 */
function outcome(answer, params) {
  try {
    return { result: answer(params) };
  } catch (error) {
    return { error };
  }
}
