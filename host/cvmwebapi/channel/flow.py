"""How much of a body may be under way: each side sends only what the other one has said it can take. Pure."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_BODY_PIECE, MAX_BODY_WINDOW
from cvmwebapi.texts.phrase import detail


class Flow:
    """Two bodies, of one request and of its answer. The browser's messages come in by one thread, ``take`` and ``get``
    are called by the exchange's own."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._credit = MAX_BODY_WINDOW
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._last = False
        self._failure: CVMError | None = None
        self._on_abort: list[Callable[[], None]] = []

    def grant(self, count: int) -> None:
        """The page has room for ``count`` more bytes. A page that claims more than a window is given no more."""
        with self._change:
            self._credit = min(MAX_BODY_WINDOW, self._credit + max(0, count))
            self._change.notify_all()

    def take(self) -> int:
        """Wait until the page has room; the bytes may be sent, a piece at most. Raises what ``abort`` was told."""
        with self._change:
            self._change.wait_for(lambda: self._credit > 0 or self._failure)
            self._check()
            count = min(MAX_BODY_PIECE, self._credit)
            self._credit -= count
            return count

    def give_back(self, count: int) -> None:
        """Fewer bytes were sent than ``take`` had allowed."""
        self.grant(count)

    def put(self, data: bytes, last: bool) -> None:
        """A piece of the request's body. What exceeds the window, or follows the last piece, ends the exchange."""
        with self._change:
            self._held += len(data)
            fault = self._last or self._held > MAX_BODY_WINDOW
            if not fault:
                if data:
                    self._pieces.append(data)
                self._last = last
                self._change.notify_all()
        if fault:
            self.abort(CVMError("badMessage", detail=detail("bodyLength")))

    def get(self) -> bytes | None:
        """Wait for the next piece; ``None`` after the last one. Raises what ``abort`` was told."""
        with self._change:
            self._change.wait_for(lambda: self._pieces or self._last or self._failure)
            self._check()
            if not self._pieces:
                return None
            piece = self._pieces.popleft()
            self._held -= len(piece)
            return piece

    def abort(self, failure: CVMError) -> None:
        """End the exchange wherever it waits; the first failure counts."""
        with self._change:
            self._failure = self._failure or failure
            ends, self._on_abort = self._on_abort, []
            self._change.notify_all()
        for end in ends:
            end()

    def on_abort(self, end: Callable[[], None]) -> None:
        """Call ``end`` at an abort, or at once after one."""
        with self._change:
            if self._failure is None:
                self._on_abort.append(end)
                return
        end()

    def finish(self) -> None:
        """Nobody needs the rest of the request's body: ``get`` gives no more."""
        with self._change:
            self._pieces.clear()
            self._last = True
            self._change.notify_all()

    @property
    def failure(self) -> CVMError | None:
        """What ``abort`` was told."""
        return self._failure

    def _check(self) -> None:
        if self._failure:
            raise self._failure
