"""Who is at a machine: one at a time, and who only looks does not wait for a step that may last."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Bench:
    """The place of one machine, in this host."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._taken = False
        self._lasting = False

    @contextlib.contextmanager
    def taken(self, lasting: bool = False) -> Iterator[None]:
        """Wait for those who are at it, and be at it; ``lasting``: for a step that may take its time."""
        with self._change:
            self._change.wait_for(lambda: not self._taken)
            self._taken, self._lasting = True, lasting
        try:
            yield
        finally:
            self._leave()

    @contextlib.contextmanager
    def taken_unless_lasting(self) -> Iterator[bool]:
        """The same, but for a step that may take its time this does not wait: ``False`` then."""
        with self._change:
            self._change.wait_for(lambda: not self._taken or self._lasting)
            free = not self._taken
            self._taken = True
        try:
            yield free
        finally:
            if free:
                self._leave()

    def _leave(self) -> None:
        with self._change:
            self._taken = self._lasting = False
            self._change.notify_all()
