"""The native messaging host: reads frames until the browser goes away."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from cvmwebapi.entry import framing
from cvmwebapi.entry.dispatcher import Dispatcher
from cvmwebapi.entry.ending import Ending
from cvmwebapi.entry.outbox import Outbox

# The module typing costs more than all else that is imported before the handshake: only type checkers need it here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, NoReturn


def serve() -> NoReturn:
    """Serve the browser on standard input and output. Exit status: 0 after a regular end, else another one."""
    # Whatever this process and VirtualBox write from here on is the user's alone.
    os.umask(0o077)
    outbox = Outbox.on_stdout()
    dispatcher = Dispatcher(outbox)

    def farewell() -> None:
        outbox.closed.set()
        dispatcher.close()

    ending = Ending(farewell)
    outbox.failed = lambda error: ending.now(f"the browser takes no more messages: {error}", 1)
    try:
        _loop(sys.stdin.buffer, dispatcher, ending.watch)
        unfinished = dispatcher.unfinished()
        ending.now(f"the browser has gone while requests were under way: {unfinished}" if unfinished else "")
    except framing.BrokenFrame as error:
        dispatcher.reject(error.code, **error.params)
        ending.now(f"what the browser sends can't be followed: {error}", 1)
    except BaseException as error:
        ending.now(type(error).__name__, 1, error)


def _loop(stream: BinaryIO, dispatcher: Dispatcher, after_first: Callable[[], None]) -> None:
    """Serve until the stream ends. Raises ``BrokenFrame``."""
    while (body := framing.read(stream)) is not None:
        try:
            dispatcher.handle(framing.decode(body))
        except framing.BadJson as error:
            dispatcher.reject(error.code, **error.params)
        after_first()
        after_first = _nothing


def _nothing() -> None:
    pass
