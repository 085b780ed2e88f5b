"""Who has the last word on where a machine is to go: a new goal takes over, the same one is joined."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from cvmwebapi.errors import CVMError
from cvmwebapi.states import State


class Claim:
    """One request's goal, as long as nobody has another."""

    def __init__(self, superseded: Callable[[], bool], cancelled: Callable[[], bool]) -> None:
        self._superseded = superseded
        self._cancelled = cancelled

    def is_over(self) -> bool:
        """Whether there is another goal by now, or nobody wants this one any more."""
        return self._superseded() or self._cancelled()

    def check(self) -> None:
        """At a safe point: raises ``CVMError``, ``superseded`` or ``cancelled``, when the claim is over."""
        if self._superseded():
            raise CVMError("superseded")
        if self._cancelled():
            raise CVMError("cancelled")


class Goals:
    """Of one session."""

    def __init__(self) -> None:
        self.current: State | None = None
        """Where the machine is on its way to; ``None`` at rest."""
        self._number = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def given(self, goal: State, cancelled: Callable[[], bool]) -> Iterator[Claim]:
        """``goal`` is the one to go by, until the block ends or there is another."""
        with self._lock:
            if goal is not self.current:
                self._number += 1
                self.current = goal
            number = self._number
        try:
            yield Claim(lambda: number != self._number, cancelled)
        finally:
            with self._lock:
                if number == self._number:
                    self.current = None
