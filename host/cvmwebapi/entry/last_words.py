"""What a host leaves that ends without warning: the trace of a fatal error, or nothing at all.

Each host has a file of its own for that, and removes it when it ends in an orderly way. What dead hosts have left, the
next one moves to the log.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_NAME = "host-{}.fatal"
_MOST = 64 * 1024


class _Own:
    """The file of this process."""

    lock = threading.Lock()
    over = False
    file: BinaryIO | None = None


def keep() -> None:
    """Have fatal errors of this process written to its file; tell of earlier hosts. Does nothing without a disk."""
    import faulthandler

    from cvmwebapi.system import paths

    with contextlib.suppress(OSError):
        folder = paths.log_folder()
        for left in folder.glob(_NAME.format("*")):
            _tell(left)
        with _Own.lock:
            if not _Own.over:
                _Own.file = (folder / _NAME.format(os.getpid())).open("wb")
                faulthandler.enable(_Own.file)


def forget() -> None:
    """This host ends in an orderly way."""
    with _Own.lock:
        _Own.over = True
        if _Own.file is None:
            return
        import faulthandler

        faulthandler.disable()
        _Own.file.close()
        with contextlib.suppress(OSError):
            Path(_Own.file.name).unlink()


def _tell(left: Path) -> None:
    """Move the last words of a host that is no more to the log."""
    import psutil

    from cvmwebapi.entry import log

    number = left.stem.partition("-")[2]
    if not number.isdigit() or (int(number) != os.getpid() and psutil.pid_exists(int(number))):
        return
    # Another host may be at it as well.
    with contextlib.suppress(OSError):
        with left.open("rb") as file:
            words = file.read(_MOST).decode("utf-8", "replace").strip()
        left.unlink()
        log.note(f"host {number} was gone without a goodbye: {words or 'killed, or the computer went off'}")
