"""Files that other processes share: written in one step, and locks that end with their holder."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path


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
def locked(path: Path, seconds: float = 600.0, cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the lock file ``path`` against all other processes of this user; a killed process lets go of it.

    Raises ``TimeoutError`` after ``seconds``, or when ``cancelled`` says so while waiting.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    with path.open("ab") as file:
        while not _try_lock(file.fileno()):
            if cancelled() or time.monotonic() > deadline:
                raise TimeoutError(f"{path} is held by another process")
            time.sleep(0.05)
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
