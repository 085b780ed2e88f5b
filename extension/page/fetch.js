// session.fetch: a request to the application in the machine, carried by the add-on and the host.
(() => {
  "use strict";
  const { Promise, URL, Headers, Response, ReadableStream, pageDetail, pageError } = cvmParts;
  const { answerStream, requestStream, fromBase64 } = cvmParts;

  /** Fetch standard, "null body status". */
  const WITHOUT_BODY = [204, 205, 304];

  /**
   * @param {(params: Record<string, unknown>, options: CallOptions) => Promise<any>} call
   * @param {string} path
   * @param {CernVM.FetchInit} [init]
   * @returns {Promise<Response>}
   */
  async function fetchFromApplication(call, path, init = {}) {
    const { method = "GET", signal, timeout } = init;
    const headers = new Headers(init.headers);
    const target = pathOf(path);
    const body = await readable(init.body);
    if (body.type && !headers.has("Content-Type")) headers.set("Content-Type", body.type);
    const params = {
      path: target,
      method: String(method).toUpperCase(),
      headers: [...headers],
      length: body.length,
      ...(timeout === undefined ? {} : { timeout: Number(timeout) / 1000 }),
    };
    return new Promise((resolve, reject) => {
      /** @type {CvmAnswerStream | undefined} */
      let answer;
      /** @type {CvmRequestStream | undefined} */
      let request;
      /** @type {SendNote} */
      let note = () => {};
      /** @param {unknown} error */
      const fail = (error) => {
        request?.stop();
        reject(error);
        answer?.fail(error);
      };
      /** @type {Record<string, (...args: any[]) => void>} */
      const heard = {
        response(status, statusText, list) {
          answer = answerStream(note);
          resolve(new Response(WITHOUT_BODY.includes(status) ? null : answer.stream, { status, statusText, headers: list }));
        },
        chunk: (text) => answer?.add(fromBase64(text)),
        more: (bytes) => request?.more(bytes),
      };
      const options = {
        signal,
        onEvent: (/** @type {string} */ event, /** @type {any[]} */ args) => heard[event]?.(...args),
        onSent(/** @type {SendNote} */ send) {
          note = send;
          if (!body.stream) return;
          request = requestStream(body.stream, send);
          request.sent.catch((error) => {
            note("cancel", {});
            fail(error);
          });
        },
      };
      call(params, options).then(() => {
        request?.stop();
        answer?.end();
      }, fail);
    });
  }

  /** @param {unknown} path @returns {string} with its query, as HTTP wants it */
  function pathOf(path) {
    const base = "http://application.invalid";
    const url = URL.canParse(String(path), base) ? new URL(String(path), base) : null;
    if (url?.origin !== base) throw pageError("badValue", { name: "path", detail: pageDetail("appPath") });
    return url.pathname + url.search;
  }

  /**
   * @param {BodyInit | null | undefined} body
   * @returns {Promise<{stream: ReadableStream<any> | null, length: number, type: string | null}>} length -1: unknown yet
   */
  async function readable(body) {
    if (body === null || body === undefined) return { stream: null, length: 0, type: null };
    if (body instanceof ReadableStream) return { stream: body, length: -1, type: null };
    const whole = new Response(body);
    const type = whole.headers.get("Content-Type");
    const blob = await whole.blob();
    return { stream: blob.size ? blob.stream() : null, length: blob.size, type };
  }

  cvmParts.fetchFromApplication = fetchFromApplication;
})();
