"""Who has the last word on where a machine is to go: a new goal takes over, the same one is joined."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from cvmwebapi.states import State
from cvmwebapi.tasks import Task


class Goals:
    """Of one session."""

    def __init__(self) -> None:
        self.current: State | None = None
        """Where the machine is on its way to; ``None`` at rest."""
        self._claims: list[Task] = []
        """Of those whose goal it is."""
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def given(self, goal: State, task: Task) -> Iterator[Task]:
        """``goal`` is the one to go by, until the block ends or there is another: then the child of ``task`` that this
        gives is cancelled, as ``superseded``.
        """
        with task.child() as claim:
            beaten = self._enter(goal, claim)
            try:
                for other in beaten:
                    other.cancel("superseded")
                yield claim
            finally:
                self._leave(claim)

    def _enter(self, goal: State, claim: Task) -> list[Task]:
        with self._lock:
            beaten: list[Task] = []
            if goal is not self.current:
                beaten, self._claims, self.current = self._claims, [], goal
            self._claims.append(claim)
            return beaten

    def _leave(self, claim: Task) -> None:
        with self._lock:
            if claim in self._claims:
                self._claims.remove(claim)
                if not self._claims:
                    self.current = None
