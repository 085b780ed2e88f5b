"""A lock between the threads of this host; who waits for it may be called off."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from cvmwebapi.latch import Latch
from cvmwebapi.tasks import Task


class Gate:
    """Lets one through at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: Latch | None = None
        """Set when whoever is inside leaves; ``None`` while nobody is."""

    @contextlib.contextmanager
    def passed(self, task: Task) -> Iterator[None]:
        """Wait, and be inside until the block ends. Raises as ``task.check`` while waiting."""
        mine = Latch()
        while True:
            with self._lock:
                if self._free is None:
                    self._free = mine
                    break
                free = self._free
            task.wait(until=free)
        try:
            yield
        finally:
            with self._lock:
                self._free = None
            mine.set()
