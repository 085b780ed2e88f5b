"""Calls of VBoxManage that other hosts have begun."""

from __future__ import annotations

import time
from collections.abc import Sequence

_SECONDS = 60.0


def wait_for_end(marks: Sequence[str], seconds: float = _SECONDS) -> bool:
    """Wait until no VBoxManage runs with one of ``marks`` in its arguments; ``False`` when ``seconds`` went by."""
    deadline = time.monotonic() + seconds
    while _running(marks):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _running(marks: Sequence[str]) -> bool:
    import psutil

    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if any("VBoxManage" in word for word in line[:4]) and any(mark in word for mark in marks for word in line):
            return True
    return False
