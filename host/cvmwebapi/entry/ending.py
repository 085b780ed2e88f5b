"""How the host ends: once, and with a line in its log that says why, whatever it was that can be caught."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

# The module typing costs more than all else that is imported before the handshake: only type checkers need it here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

_FAREWELL_SECONDS = 1.0
"""Chromium kills a host that still lives 2 s after its port was closed."""
_SIGNALS = (
    "SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU",
    "SIGPOLL", "SIGPWR", "SIGSTKFLT", "SIGBREAK",
)  # fmt: skip
"""Those that end a process which does not take them; no system has all."""


class Ending:
    """The end of this process. ``farewell`` lets go of what can be let go of within a second."""

    def __init__(self, farewell: Callable[[], None]) -> None:
        self._farewell = farewell
        self._begun = False
        self._first = threading.Lock()

    def watch(self) -> None:
        """From now on signals, fatal errors and what escapes a thread leave a trace. For the main thread, once the
        handshake is done: the page waits for that."""
        import signal

        for name in _SIGNALS:
            number = getattr(signal, name, None)
            # What the browser's own caller has made us ignore (nohup) stays ignored.
            if number and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, self._heed)
        threading.excepthook = lambda failed: _log(f"the end of thread {_name(failed.thread)}", failed.exc_value)
        sys.unraisablehook = lambda failed: _log(failed.err_msg or "a failure nobody waits for", failed.exc_value)
        threading.Thread(target=_keep_last_words, name="last words", daemon=True).start()

    def now(self, why: str = "", status: int = 0, error: BaseException | None = None) -> NoReturn:
        """End the process with ``status``, from any thread; the first call counts. A regular end has no ``why``, and
        leaves no line."""
        self._begun = True
        if not self._first.acquire(blocking=False):
            threading.Event().wait()
        try:
            if why:
                _log(f"the host ends: {why}", error)
            _forget_last_words()
            farewell = threading.Thread(target=self._farewell, name="farewell", daemon=True)
            farewell.start()
            farewell.join(_FAREWELL_SECONDS)
        finally:
            # Threads may still wait for VirtualBox or a server. The ledger knows what they were about: the next start
            # repairs what they leave.
            os._exit(status)

    def _heed(self, number: int, frame: FrameType | None) -> None:
        if not self._begun:
            import signal

            # As a shell tells of it.
            self.now(f"signal {number} ({signal.Signals(number).name})", 128 + number)


def _log(what: str, error: BaseException | None) -> None:
    """A line of the log; of standard error when there is no memory left for more."""
    try:
        from cvmwebapi.entry import log

        log.note(what, error)
    except Exception:
        from contextlib import suppress

        with suppress(OSError):
            os.write(2, f"cernvm-webapi: {what}\n".encode("utf-8", "replace"))


def _name(thread: threading.Thread | None) -> str:
    return thread.name if thread else "unknown"


def _keep_last_words() -> None:
    from cvmwebapi.entry import last_words

    last_words.keep()


def _forget_last_words() -> None:
    from cvmwebapi.entry import last_words

    last_words.forget()
