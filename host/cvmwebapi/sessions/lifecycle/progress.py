"""Progress of a task as its page hears of it: started, fractions that only grow, completed or failed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phase import Phase

_EVERY = 0.2
"""Seconds between two reports of the same phase: a page draws no faster than a person reads."""


class Progress:
    """Reports by ``emit(event, *args)``."""

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._fraction = 0.0
        self._code = ""
        self._last = 0.0

    def at(self, phase: Phase, fraction: float) -> None:
        """We are ``fraction`` (0 to 1) through, in ``phase``; a lower fraction than before counts as the same."""
        self._fraction = max(self._fraction, min(1.0, fraction))
        now = time.monotonic()
        if phase.code != self._code or now - self._last >= _EVERY:
            self._code, self._last = phase.code, now
            self._emit("progress", str(phase), round(self._fraction, 4), phase.to_json())

    @contextlib.contextmanager
    def task(self, phase: Phase) -> Iterator[Progress]:
        """``started`` at the beginning, ``completed`` or ``failed`` at the end."""
        self._emit("started", str(phase), phase.to_json())
        try:
            yield self
        except CVMError as error:
            # The extension tells pages of it in their language.
            self._emit("failed", error.message, error.to_json())
            raise
        self._emit("progress", str(phase), 1.0, phase.to_json())
        self._emit("completed", str(phase), phase.to_json())
