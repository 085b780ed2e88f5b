"""Progress of a task as its page hears of it: started, fractions that only grow, completed or failed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from cvmwebapi.errors import CVMError

_EVERY = 0.2
"""Seconds between two reports with the same words: a page draws no faster than a person reads."""


class Progress:
    """Reports by ``emit(event, *args)``."""

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._fraction = 0.0
        self._message = ""
        self._last = 0.0

    def at(self, message: str, fraction: float) -> None:
        """We are ``fraction`` (0 to 1) through, doing ``message``; a lower fraction than before counts as the same."""
        self._fraction = max(self._fraction, min(1.0, fraction))
        now = time.monotonic()
        if message.split(":", maxsplit=1)[0] != self._message.split(":")[0] or now - self._last >= _EVERY:
            self._message, self._last = message, now
            self._emit("progress", message, round(self._fraction, 4))

    @contextlib.contextmanager
    def task(self, message: str) -> Iterator[Progress]:
        """``started`` at the beginning, ``completed`` or ``failed`` at the end."""
        self._emit("started", message)
        try:
            yield self
        except CVMError as error:
            # The extension tells pages of it in their language.
            self._emit("failed", error.message, error.to_json())
            raise
        self._emit("progress", message, 1.0)
        self._emit("completed", message)
