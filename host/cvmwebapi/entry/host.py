"""The native messaging host: reads frames until the browser goes away."""

from __future__ import annotations

import os
import sys
import threading

from cvmwebapi.entry import framing
from cvmwebapi.entry.dispatcher import Dispatcher
from cvmwebapi.entry.outbox import Outbox

# The module typing costs more than all else that is imported before the handshake: only type checkers need it here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_FAREWELL_SECONDS = 1.0
"""Chromium kills a host that still lives 2 s after its port was closed."""


def serve() -> int:
    """Serve the browser on standard input and output. Exit status: 0 after a regular end, 1 after a broken frame."""
    # Whatever this process and VirtualBox write from here on is the user's alone.
    os.umask(0o077)
    outbox = Outbox.on_stdout()
    status = _loop(sys.stdin.buffer, outbox, Dispatcher(outbox))
    # Threads may still wait for VirtualBox or a server. The ledger knows what they were about: the next start repairs
    # what they leave.
    sys.stderr.flush()
    os._exit(status)


def _loop(stream: BinaryIO, outbox: Outbox, dispatcher: Dispatcher) -> int:
    status = 0
    while not outbox.closed.is_set():
        try:
            body = framing.read(stream)
            if body is None:
                break
            dispatcher.handle(framing.decode(body))
        except framing.BadJson as error:
            dispatcher.reject(str(error))
        except framing.BrokenFrame as error:
            dispatcher.reject(str(error))
            status = 1
            break
    outbox.closed.set()
    farewell = threading.Thread(target=dispatcher.close, daemon=True)
    farewell.start()
    farewell.join(_FAREWELL_SECONDS)
    return status
