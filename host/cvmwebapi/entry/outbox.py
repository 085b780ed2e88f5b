"""Standard output, shared by all threads: one whole frame at a time."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

from cvmwebapi.entry import framing

# The module typing costs more than all else that is imported before the handshake: only type checkers need it here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


class Outbox:
    """Sends messages to the browser. After the browser has gone, sending does nothing.

    ``failed`` is called with the reason when it takes no more: half a frame can't be taken back.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self.closed = threading.Event()
        self.failed: Callable[[Exception], None] = lambda error: None

    @classmethod
    def on_stdout(cls) -> Outbox:
        """Take standard output for frames alone: what else prints there, now goes to standard error."""
        stream = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        return cls(stream)

    def send(self, message: dict[str, object]) -> None:
        """Send one message. Raises ``ValueError`` when it is too large; nothing is sent then."""
        frame = framing.encode(message)
        with self._lock:
            if self.closed.is_set():
                return
            try:
                self._stream.write(frame)
                self._stream.flush()
                return
            except Exception as error:
                self.closed.set()
                failure = error
        self.failed(failure)
