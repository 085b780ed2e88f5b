"""The process that runs a machine: found by the log that it writes, so that no list of processes is gone through."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    import psutil

_ID = re.compile(rb"^[\d:.]+ Process ID: (\d{1,9})\s*$", re.MULTILINE)
_HEAD = 16 * 1024
_GONE_SECONDS = 8.0


def find(log: Path, uuid: str) -> psutil.Process | None:
    """The living process of the last run that ``log`` tells of; ``None`` when it has ended."""
    import psutil

    try:
        with log.open("rb") as file:
            match = _ID.search(file.read(_HEAD))
        process = psutil.Process(int(match[1])) if match else None
    except (OSError, psutil.Error):
        return None
    return process if process and alive(process) and _is_machine(process, uuid) else None


def with_server(log: Path, uuid: str) -> list[psutil.Process]:
    """The living process, and the VBoxSVC that began it: without that one, VirtualBox knows nothing of it any more."""
    import psutil

    process = find(log, uuid)
    if process is None:
        return []
    with contextlib.suppress(psutil.Error):
        parent = process.parent()
        if parent and parent.name().lower().startswith("vboxsvc"):
            return [process, parent]
    return [process]


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; another process under its number does not count."""
    import psutil

    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def end(process: psutil.Process, patience: float) -> None:
    """See to it that the process ends: by itself within ``patience`` seconds, or killed."""
    import psutil

    with contextlib.suppress(psutil.Error):
        if patience:
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(patience)
                return
        process.kill()
        process.wait(_GONE_SECONDS)


def _is_machine(process: psutil.Process, uuid: str) -> bool:
    import psutil

    try:
        return uuid in process.cmdline()
    except psutil.AccessDenied:
        # Windows guards VirtualBox's processes; their number and their log have to do.
        return process.name().lower().startswith(("vboxheadless", "virtualboxvm"))
    except psutil.Error:
        return False
