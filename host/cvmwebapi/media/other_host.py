"""Another host of this user is fetching the same file: how far it is, for whoever waits for it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from cvmwebapi.media import cache

_REPORT_EVERY = 0.5


def note_total(checksum: str, total: int) -> None:
    """Tell those who wait how many bytes there will be; in the lock's file, whose content means nothing else."""
    with contextlib.suppress(OSError):
        cache.lock(checksum).write_text(str(total), "ascii")


class OtherDownload:
    """Called again and again while its host waits; ``cancelled`` is passed on."""

    def __init__(self, checksum: str, report: Callable[[int, int, float], None], cancelled: Callable[[], bool]) -> None:
        self._checksum = checksum
        self._report = report
        self._cancelled = cancelled
        self._begun = self._told = time.monotonic()
        self._first: int | None = None

    def __call__(self) -> bool:
        """Whether nobody waits any more; reports now and then what has arrived so far."""
        now = time.monotonic()
        if now - self._told >= _REPORT_EVERY:
            self._told = now
            with contextlib.suppress(OSError, ValueError):
                done = cache.partial(self._checksum).stat().st_size
                self._first = done if self._first is None else self._first
                self._report(done, self._total(), (done - self._first) / max(now - self._begun, 0.001))
        return self._cancelled()

    def _total(self) -> int:
        return int(cache.lock(self._checksum).read_text("ascii") or 0)
