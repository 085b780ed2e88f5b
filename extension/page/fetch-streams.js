// The two bodies of a fetch, as streams: the host sends no more than the page has room for, and the reverse.
(() => {
  "use strict";
  const { Promise, ReadableStream, toBase64 } = cvmParts;

  // Bytes under way in each direction, and in one message: the host has the same numbers.
  const { BODY_WINDOW: WINDOW, BODY_PIECE: PIECE } = cvmParts.protocol;

  /** @param {SendNote} note */
  function answerStream(note) {
    /** @type {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>} */
    let controller;
    let underWay = WINDOW;
    let open = true;
    const stream = new ReadableStream(
      {
        start(own) {
          controller = own;
        },
        // Called whenever there is room. Not every read is told: half a window at a time keeps the line busy.
        pull() {
          const room = (controller.desiredSize ?? 0) - underWay;
          if (!open || room < WINDOW / 2) return;
          underWay += room;
          note("fetchMore", { bytes: room });
        },
        cancel() {
          open = false;
          note("cancel", {});
        },
      },
      { highWaterMark: WINDOW, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    return {
      stream,
      /** @param {Uint8Array<ArrayBuffer>} bytes */
      add(bytes) {
        underWay -= bytes.length;
        if (open) controller.enqueue(bytes);
      },
      end() {
        if (open) controller.close();
        open = false;
      },
      /** @param {unknown} error */
      fail(error) {
        open = false;
        controller.error(error);
      },
    };
  }

  /**
   * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
   * @param {SendNote} note
   */
  function requestStream(body, note) {
    const reader = body.getReader();
    let room = WINDOW;
    let stopped = false;
    let wake = () => {};

    /** @param {Uint8Array<ArrayBuffer>} bytes */
    async function send(bytes) {
      for (let at = 0; at < bytes.length && !stopped; ) {
        if (room <= 0) {
          await new Promise((resolve) => (wake = () => resolve(undefined)));
          continue;
        }
        const piece = bytes.subarray(at, at + Math.min(PIECE, room));
        room -= piece.length;
        at += piece.length;
        note("fetchBody", { data: toBase64(piece), last: false });
      }
    }

    async function sendAll() {
      while (!stopped) {
        const { done, value } = await reader.read();
        if (stopped) return;
        if (done) return note("fetchBody", { data: "", last: true });
        await send(value);
      }
    }

    return {
      /** @param {number} bytes */
      more(bytes) {
        room += bytes;
        wake();
      },
      sent: sendAll(),
      stop() {
        stopped = true;
        wake();
        reader.cancel().catch(() => {});
      },
    };
  }

  cvmParts.answerStream = answerStream;
  cvmParts.requestStream = requestStream;
})();
