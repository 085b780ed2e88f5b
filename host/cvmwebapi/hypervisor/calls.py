"""Calls of VBoxManage that a host began and did not live to see the end of."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import PurePath

from cvmwebapi.tasks import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    import psutil

_SECONDS = 120.0
_LOOK_EVERY = 0.1
_SETTLED = 0.3
"""Seconds without such a call, before we believe that there is none: one that is just being made has no name yet."""
# These hold the same words in their arguments, and are no calls.
_MACHINES = ("vboxheadless", "virtualboxvm", "virtualbox", "vboxsvc")


def wait_for_end(marks: Sequence[str], seconds: float = _SECONDS, task: Task | None = None) -> None:
    """Wait until no call with one of ``marks`` in its arguments runs; one that lasts over ``seconds`` is ended.

    Raises meanwhile as ``task.check``.
    """
    task = task or Task()
    deadline = time.monotonic() + seconds
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < _SETTLED:
        running = about(marks)
        if running:
            quiet_since = time.monotonic()
            if quiet_since > deadline:
                _end(running)
        task.wait(_LOOK_EVERY)


def end(marks: Sequence[str]) -> None:
    """End all calls with one of ``marks`` in their arguments."""
    _end(about(marks))


def about(marks: Sequence[str]) -> list[psutil.Process]:
    """The calls with one of ``marks`` in their arguments that run now."""
    import psutil

    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        # Wrappers put words ahead of VBoxManage: what counts is that it works on this machine, and is not its process.
        if (
            any(mark in word for mark in marks for word in words)
            and process.pid != os.getpid()
            and process.info["status"] != psutil.STATUS_ZOMBIE
            and not any(PurePath(word).stem.lower() in _MACHINES for word in words[:4])
        ):
            found.append(process)
    return found


def _end(processes: list[psutil.Process]) -> None:
    import psutil

    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
