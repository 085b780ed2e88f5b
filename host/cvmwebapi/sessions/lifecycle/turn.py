"""One host at a time works on a session; whoever takes its turn learns how the one before has ended."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.system import files, paths
from cvmwebapi.tasks import Task

_ME = uuid.uuid4().hex
"""This host: a process number may come again."""
_BUSY, _IDLE = "busy", "idle"


@dataclass(frozen=True)
class Before:
    """The turn before ours."""

    died: bool
    """Its host was killed over its work: its last call of VBoxManage may live on."""
    foreign: bool
    """It was another host's: what we know of the machine may be old."""


@contextlib.contextmanager
def taken(session: str, task: Task, seconds: float = 600.0) -> Iterator[Before]:
    """Hold the session against other hosts and other threads.

    Raises ``TimeoutError`` when it could not be had within ``seconds``, and as ``task.check`` while waiting.
    """
    lock = paths.locks_folder() / session
    note = lock.with_suffix(".turn")
    with files.locked(lock, seconds, task):
        owner, _, was = _read(note).partition(" ")
        _write(note, _BUSY)
        try:
            yield Before(died=was == _BUSY, foreign=bool(owner) and owner != _ME)
        finally:
            _write(note, _IDLE)


def leave_busy(session: str) -> None:
    """A call that this host has begun goes on after its end: whoever comes next waits for it."""
    _write(paths.locks_folder() / f"{session}.turn", _BUSY)


def forget(session: str) -> None:
    """Remove the files of a session that is no more."""
    lock = paths.locks_folder() / session
    for file in (lock.with_suffix(".turn"), lock.with_suffix(".screen"), lock):
        # Windows keeps a file that is open somewhere.
        with contextlib.suppress(OSError):
            file.unlink()


def _read(note: Path) -> str:
    try:
        return note.read_text("ascii", "replace")
    except OSError:
        return ""


def _write(note: Path, word: str) -> None:
    # No way around the disk's cache is needed: a power cut ends calls of VBoxManage too.
    with contextlib.suppress(OSError), os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(f"{_ME} {word}")
