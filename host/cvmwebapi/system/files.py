"""Files that other processes share: written in one step, and locks that end with their holder."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cvmwebapi.tasks import Task

_FIRST_LOOK, _LAST_LOOK = 0.005, 0.25
"""Seconds between tries for a lock: each is twice as long as the one before."""


def write_private(path: Path, content: bytes) -> None:
    """Put ``content`` under ``path`` in one step, readable by the user alone (0600).

    Raises ``OSError`` when the folder can't be written; the old file is then still whole.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes the file 0600 from its first moment.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@contextlib.contextmanager
def locked(
    path: Path,
    seconds: float = 600.0,
    task: Task | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Hold the lock file ``path`` against all other processes and threads of this user; a killed process lets go of it.

    ``meanwhile`` is called now and then. Raises ``TimeoutError`` after ``seconds``, and meanwhile as ``task.check``.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    task = task or Task()
    deadline = time.monotonic() + seconds
    pause = _FIRST_LOOK
    with path.open("ab") as file:
        # No system call waits for a lock and can be called off by another thread. A thread that waits in our place
        # would have to be left behind, and might get the lock when nobody wants it any more: others would see it taken.
        # So it is tried again and again, but the waits between are the task's, which end at once when it is cancelled.
        while not _try_lock(file.fileno()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{path} is held by another process")
            meanwhile()
            task.wait(min(pause, left))
            pause = min(2 * pause, _LAST_LOOK)
        yield


def _try_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
