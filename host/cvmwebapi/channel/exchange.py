"""One HTTP request to the application of a session, and its answer, both as streams.

The address is always 127.0.0.1 and the port that the machine forwards: no name is resolved, no proxy asked, and a
redirect is an answer like any other, handed to the page.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import selectors
import socket
import threading
import time
from collections.abc import Callable

from cvmwebapi.channel.flow import Flow
from cvmwebapi.channel.wish import Wish, handed_on
from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_BODY
from cvmwebapi.texts.phrase import detail

_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 60.0
_CUT_SHORT = (http.client.IncompleteRead, http.client.RemoteDisconnected)
"""Between two pieces of an answer; a page that does not read it may take as long as it likes."""
_LOOK_SECONDS = 0.25
_MAX_HEAD = 256 * 1024


def exchange(port: int, wish: Wish, flow: Flow, emit: Callable[..., None]) -> None:
    """Carry it out. Events: ``response(status, text, headers)``, ``chunk(base64)``, ``more(bytes)``.

    Raises ``CVMError``: ``apiUnreachable``, ``apiTimeout``, ``apiBroken``, ``bodyTooLarge``, ``cancelled``.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_CONNECT_SECONDS)
    line: socket.socket | None = None
    try:
        connection.connect()
        # Kept: the connection forgets it as soon as the other side hangs up.
        line = connection.sock
        flow.on_abort(lambda: _hang_up(line))
        _answer(connection, line, wish, flow, emit)
    except (http.client.HTTPException, OSError, ValueError) as error:
        if flow.failure:
            raise flow.failure from None
        raise _translated(error, line is None) from error
    finally:
        connection.close()


def _answer(
    connection: http.client.HTTPConnection, line: socket.socket, wish: Wish, flow: Flow, emit: Callable[..., None]
) -> None:
    connection.putrequest(wish.method, wish.path, skip_accept_encoding=True)
    # Only the browser could unpack anything else, and it does not for a Response that a script has made.
    connection.putheader("Accept-Encoding", "identity")
    connection.putheader("Connection", "close")
    for name, value in wish.headers:
        connection.putheader(name, value.encode("latin-1"))
    if wish.length > 0 or (wish.length == 0 and wish.method in ("POST", "PUT", "PATCH")):
        connection.putheader("Content-Length", str(wish.length))
    elif wish.length < 0:
        connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    # An application may answer while it is still being sent to, or refuse early: both directions at once.
    upload = _Upload(line.dup(), wish.length, flow, emit) if wish.length else None
    try:
        _wait(line, wish.timeout, upload, flow)
        line.settimeout(_SILENCE_SECONDS)
        # It holds the socket, also when the connection has let go of it.
        with contextlib.closing(connection.getresponse()) as response:
            _hand_on(response, flow, emit)
    finally:
        if upload:
            upload.end()


def _hand_on(response: http.client.HTTPResponse, flow: Flow, emit: Callable[..., None]) -> None:
    headers = response.getheaders()
    if not 200 <= response.status <= 599 or sum(len(name) + len(value) for name, value in headers) > _MAX_HEAD:
        raise CVMError("apiBroken", detail=detail("apiHead"))
    if (response.length or 0) > MAX_BODY:
        raise CVMError("bodyTooLarge", limit=MAX_BODY >> 20)
    reason = "".join(letter for letter in response.reason if " " <= letter <= "~")
    emit("response", response.status, reason, handed_on(headers))
    _download(response, flow, emit)


def _wait(line: socket.socket, seconds: float, upload: _Upload | None, flow: Flow) -> None:
    """Until something of the answer is there. The time counts from the last byte that was sent."""
    began = time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        while not selector.select(_LOOK_SECONDS):
            if flow.failure:
                raise flow.failure
            if time.monotonic() - max(began, upload.moved if upload else 0.0) > seconds:
                raise CVMError("apiTimeout", seconds=round(seconds, 1))


def _download(response: http.client.HTTPResponse, flow: Flow, emit: Callable[..., None]) -> None:
    total = 0
    while True:
        allowed = flow.take()
        data = response.read1(allowed)
        flow.give_back(allowed - len(data))
        if not data:
            break
        total += len(data)
        if total > MAX_BODY:
            raise CVMError("bodyTooLarge", limit=MAX_BODY >> 20)
        emit("chunk", base64.b64encode(data).decode())
    # Whoever aborted has cut the line, which looks like the end of a body whose length nobody knows.
    if flow.failure:
        raise flow.failure
    # A length that was announced and not reached: read1 does not complain of it.
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)


class _Upload:
    """Sends the request's body by a thread of its own, on a handle of its own."""

    def __init__(self, line: socket.socket, length: int, flow: Flow, emit: Callable[..., None]) -> None:
        self._line = line
        self._length = length
        self._flow = flow
        self._emit = emit
        self.moved = time.monotonic()
        """When the last piece went out."""
        self._line.settimeout(_SILENCE_SECONDS)
        self._over = False
        self._thread = threading.Thread(target=self._run, name="upload", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        sent = 0
        try:
            while (piece := self._flow.get()) is not None:
                sent += len(piece)
                if sent > (MAX_BODY if self._length < 0 else self._length):
                    raise CVMError("bodyTooLarge", limit=MAX_BODY >> 20)
                self._line.sendall(piece if self._length >= 0 else b"%x\r\n%b\r\n" % (len(piece), piece))
                self.moved = time.monotonic()
                self._emit("more", len(piece))
            if self._length < 0:
                self._line.sendall(b"0\r\n\r\n")
            elif sent != self._length:
                raise CVMError("badMessage", detail=detail("bodyLength"))
        except CVMError as error:
            if not self._over:
                self._flow.abort(error)
        except OSError:
            # The application has heard enough; what it answered, or that it did not, is for the reader to find out.
            pass

    def end(self) -> None:
        """The answer is complete, or will never be."""
        self._over = True
        _hang_up(self._line)
        self._flow.finish()
        self._thread.join(_CONNECT_SECONDS)
        self._line.close()


def _hang_up(line: socket.socket) -> None:
    """Wakes whoever waits for it in another thread."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _translated(error: Exception, unconnected: bool) -> CVMError:
    if unconnected:
        return CVMError("apiUnreachable", detail=getattr(error, "strerror", None) or detail("connectionFailed"))
    if isinstance(error, TimeoutError):
        return CVMError("apiTimeout", seconds=_SILENCE_SECONDS)
    head = isinstance(error, http.client.HTTPException) and not isinstance(error, _CUT_SHORT)
    return CVMError("apiBroken", detail=detail("apiHead" if head else "brokeOff"))
