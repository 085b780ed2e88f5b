"""Who is at a machine: one at a time, and who only looks does not wait for a transition that may last."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from cvmwebapi.tasks import Task


class Bench:
    """The place of one machine, in this host."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._taken = False
        self._lasting = False

    @contextlib.contextmanager
    def taken(self, task: Task, lasting: bool = False) -> Iterator[None]:
        """Wait for those who are at it, and be at it; ``lasting``: for a transition that may take its time.

        Raises as ``task.check`` while waiting.
        """
        with self._change:
            self._wait(task, lambda: not self._taken)
            self._taken, self._lasting = True, lasting
        try:
            yield
        finally:
            self._leave()

    @contextlib.contextmanager
    def taken_unless_lasting(self, task: Task) -> Iterator[bool]:
        """The same, but for a transition that may take its time this does not wait: ``False`` then."""
        with self._change:
            self._wait(task, lambda: not self._taken or self._lasting)
            free = not self._taken
            self._taken = True
        try:
            yield free
        finally:
            if free:
                self._leave()

    def _wait(self, task: Task, ready: Callable[[], bool]) -> None:
        while not ready():
            task.check()
            with task.on_cancel(self._wake):
                self._change.wait_for(lambda: task.cancelled or ready())

    def _wake(self) -> None:
        with self._change:
            self._change.notify_all()

    def _leave(self) -> None:
        with self._change:
            self._taken = self._lasting = False
            self._change.notify_all()
