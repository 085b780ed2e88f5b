"""Another host of this user is fetching the same file: how far it is, for whoever waits for it."""

from __future__ import annotations

import contextlib
import time

from cvmwebapi.media import cache
from cvmwebapi.tasks import Task
from cvmwebapi.texts.codes import PhaseCode
from cvmwebapi.texts.phase import Phase

_REPORT_EVERY = 0.5


def note_total(checksum: str, total: int) -> None:
    """Tell those who wait how many bytes there will be; in the lock's file, whose content means nothing else."""
    with contextlib.suppress(OSError):
        cache.lock(checksum).write_text(str(total), "ascii")


def report(task: Task, phase: PhaseCode, done: int, total: int, speed: float) -> None:
    """``done`` and ``total`` (0: not known) in bytes, ``speed`` in bytes a second."""
    task.report(Phase(phase, done, total, speed), done / total if total else 0.0)


class OtherDownload:
    """As somebody sees it who waits for it."""

    def __init__(self, checksum: str, phase: PhaseCode, task: Task) -> None:
        self._checksum = checksum
        self._phase = phase
        self._task = task
        self._begun = self._told = time.monotonic()
        self._first: int | None = None

    def tell(self) -> None:
        """Called again and again meanwhile; reports now and then what has arrived so far."""
        now = time.monotonic()
        if now - self._told >= _REPORT_EVERY:
            self._told = now
            with contextlib.suppress(OSError, ValueError):
                done = cache.partial(self._checksum).stat().st_size
                self._first = done if self._first is None else self._first
                speed = (done - self._first) / max(now - self._begun, 0.001)
                report(self._task, self._phase, done, self._total(), speed)

    def _total(self) -> int:
        return int(cache.lock(self._checksum).read_text("ascii") or 0)
