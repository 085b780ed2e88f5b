"""Downloads of known checksum: one pass, resumed after any interruption, never half a file under a final name."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, ranges, room
from cvmwebapi.media.other_host import OtherDownload, note_total, report
from cvmwebapi.media.target import Target
from cvmwebapi.net import addresses
from cvmwebapi.net.spaces import Space
from cvmwebapi.system import files
from cvmwebapi.tasks import Task
from cvmwebapi.texts.codes import PhaseCode
from cvmwebapi.texts.phrase import Phrase, detail

if TYPE_CHECKING:
    from cvmwebapi.net.connections import Guard

MAX_SIZE = 16 * 1024**3
"""Bytes of one image."""
_CHUNK = 256 * 1024
_SILENCE = 30
"""Seconds without a byte, after which the connection is given up and made anew."""
_TRIES = 8
_REPORT_EVERY = 0.25
_PASSING = (408, 425, 429)
"""HTTP statuses that say: later, perhaps."""


class _Paused(Exception):
    """A person wants it to rest; what has arrived is kept."""


class _Interrupted(Exception):
    """The connection was lost, for that ``reason``; what has arrived is kept."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


def fetch(
    url: str,
    checksum: str,
    target: Target,
    task: Task,
    *,
    phase: PhaseCode,
    min_free: int,
    legacy_http: Collection[str] = (),
    any_http: bool = False,
    nearest: Space = Space.COMPUTER,
) -> Path:
    """What ``target`` makes of the file with this SHA-256, from the cache or from ``url``.

    ``phase`` is the code of what is reported, ``min_free`` is in bytes; for ``nearest`` see ``names.page_space``.
    Raises ``CVMError``: ``checksumMismatch`` (nothing is kept then), ``downloadFailed`` and ``cancelled`` (what has
    arrived is kept for the next try), ``diskFull``, those of ``addresses.checked`` and of the target.
    """
    found = target.there()
    if found:
        cache.touch(found)
        return found
    addresses.checked(url, legacy_http, any_http)
    # Whoever comes second waits as long as the first one loads: twice the same file takes longer.
    other = OtherDownload(checksum, phase, task)
    with files.locked(cache.lock(checksum), math.inf, task, other.tell):
        rules = (legacy_http, any_http)
        return target.there() or _Download(url, checksum, target, task, phase, min_free, rules, nearest).run()


class _Download:
    def __init__(
        self,
        url: str,
        checksum: str,
        target: Target,
        task: Task,
        phase: PhaseCode,
        min_free: int,
        rules: tuple[Collection[str], bool],
        nearest: Space,
    ) -> None:
        self._url = url
        self._checksum = checksum
        self._target = target
        self._task = task
        self._phase = phase
        self._min_free = min_free
        self._rules = rules
        self._nearest = nearest
        self._part = cache.partial(checksum)
        self._hash = hashlib.sha256()
        self._done = 0
        self._best = 0
        self._pieces = 0
        self._version = ""

    def run(self) -> Path:
        """Fetch until whole, verify, and hand over."""
        try:
            self._take_up()
            if not self._done or self._hash.hexdigest() != self._checksum:
                self._until_whole()
            if self._hash.hexdigest() != self._checksum and self._pieces > 1:
                # The pieces may be of two versions of the file.
                self._restart()
                self._until_whole()
            if self._hash.hexdigest() != self._checksum:
                self._restart()
                raise CVMError("checksumMismatch", file=self._url.rsplit("/", 1)[-1][:100])
            return self._target.finish(self._part)
        except BaseException:
            self._target.abandon()
            raise

    def _until_whole(self) -> None:
        failures, best = 0, self._done
        while True:
            self._task.rest()
            try:
                return self._stream()
            except _Paused:
                continue
            except _Interrupted as error:
                # A slow line that is cut again and again still gets there: only tries that get no further than any
                # before count.
                failures = 0 if self._best > best else failures + 1
                best = self._best
                if failures >= _TRIES:
                    raise CVMError("downloadFailed", url=self._url, detail=error.reason) from error
                self._wait(min(30.0, 0.25 * 2**failures))

    def _take_up(self) -> None:
        """Hash what an earlier try, perhaps of another process, has left."""
        if not self._part.exists():
            return
        with self._part.open("rb") as file:
            while chunk := file.read(_CHUNK):
                self._task.check()
                self._take(chunk)
        self._pieces = 1

    def _take(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self._done += len(chunk)
        self._best = max(self._best, self._done)
        self._target.feed(chunk)

    def _stream(self) -> None:
        import requests
        from urllib3.exceptions import HTTPError

        from cvmwebapi.net.connections import Guard
        from cvmwebapi.net.faults import connection_fault
        from cvmwebapi.net.web import Web

        headers = {"Accept-Encoding": "identity"}
        if self._done:
            headers["Range"] = f"bytes={self._done}-"
            if self._version:
                headers["If-Range"] = self._version
        guard = Guard(self._nearest)
        # On a silent line nobody else would notice for long.
        heeded = self._task.on_interruption(guard.cut)
        try:
            with heeded, Web(guard, *self._rules) as web, web.get(self._url, _SILENCE, headers) as response:
                self._receive(response, guard)
        except (requests.RequestException, HTTPError) as error:
            self._heed(guard)
            raise _Interrupted(connection_fault(error)) from error
        finally:
            guard.release()

    def _heed(self, guard: Guard) -> None:
        """Raises ``CVMError("cancelled")`` or ``_Paused`` when a person has cut the connection.

        Not for a file that is whole: there is no part that could be asked for later.
        """
        self._task.check()
        if guard.was_cut:
            raise _Paused

    def _receive(self, response: Any, guard: Guard) -> None:
        if response.status_code == 416:
            # What we have is not the beginning of what the server has now.
            self._restart()
            raise _Interrupted(detail("changed"))
        if response.status_code >= 500 or response.status_code in _PASSING:
            raise _Interrupted(detail("httpStatus", status=response.status_code))
        if response.status_code not in (200, 206):
            raise CVMError("downloadFailed", url=self._url, detail=detail("httpStatus", status=response.status_code))
        if self._done and not ranges.goes_on(response, self._done):
            self._restart()
            if response.status_code == 206:
                raise _Interrupted(detail("otherPart"))
        self._pieces += 1
        self._version = ranges.version(response)
        length = response.headers.get("Content-Length", "")
        total = self._done + int(length) if length.isdigit() else 0
        self._check_size(total)
        note_total(self._checksum, total)
        started, begun, last = self._done, time.monotonic(), 0.0
        with self._part.open("ab") as file:
            self._part.chmod(0o600)
            # read1 hands out what has come; iter_content would drop a part of a chunk when the connection is cut.
            while chunk := response.raw.read1(_CHUNK):
                try:
                    file.write(chunk)
                except OSError as error:
                    raise room.full(self._part.parent, len(chunk), self._min_free) from error
                self._take(chunk)
                if self._done != total:
                    self._heed(guard)
                now = time.monotonic()
                if now - last >= _REPORT_EVERY:
                    self._check_size(max(total, self._done))
                    report(self._task, self._phase, self._done, total, (self._done - started) / max(now - begun, 0.001))
                    last = now
        if self._done != total:
            self._heed(guard)
        if total and self._done < total:
            raise _Interrupted(detail("brokeOff"))

    def _check_size(self, total: int) -> None:
        if total > MAX_SIZE:
            raise CVMError("downloadFailed", url=self._url, detail=detail("imageTooLarge"))
        room.check(self._part.parent, total - self._done, self._min_free)

    def _restart(self) -> None:
        self._part.unlink(missing_ok=True)
        self._hash = hashlib.sha256()
        self._done = self._pieces = 0
        self._version = ""
        self._target.restart()

    def _wait(self, seconds: float) -> None:
        self._task.wait(seconds)
