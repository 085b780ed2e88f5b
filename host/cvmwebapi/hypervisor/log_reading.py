"""What VBox.log tells while it grows: changes of state, and troubles by the name of their error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.hypervisor import refusals

# A machine that VirtualBox pauses by itself, for its disk is full, tells the second only.
_STATE = re.compile(r"Console: Machine state changed to '(\w+)'|Changing the VM state from '\w+' to '(SUSPENDED)'")
# Where VirtualBox reports a failure. Elsewhere the same codes are mere notes, for instance of what it has tried.
_REPORTS = re.compile(
    r"VMSetError: |runtime error|Power up failed|ERROR \[COM\]|Guru Meditation|Host disk full|I/O cache: Error"
)
# Of the first screen; a guest's own words in the log come behind another prefix.
_RESIZED = re.compile(
    r"^[\d:.]+ Display::\w*handleDisplayResize\W+uScreenId ?= ?0\b.*? w=(\d{1,5}) h=(\d{1,5}) bpp=(\d{1,3})",
    re.MULTILINE,
)
_PORT = re.compile(r"failed to set up redirection of (\d{1,5})")

MACHINE_CRASHED = "machineCrashed"
_OF_A_RUN = frozenset(
    {"driverMissing", "driverForbidden", "driverMismatch", "virtualizationOff", "virtualizationBusy",
     "virtualizationMissing", "memoryShort", "hostDiskFull", "savedStateUnusable"}
)  # fmt: skip


_TAIL = 128 * 1024
"""Bytes at the end of a log that tell of the last run's end."""


@dataclass(frozen=True)
class LogNews:
    """``states`` are VirtualBox's words in their order; ``troubles`` are names of our table of errors, each once."""

    states: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    taken_ports: tuple[int, ...] = ()
    """Ports of this computer that could not be forwarded."""
    sizes: tuple[tuple[int, int, int], ...] = ()
    """Of the guest's screen: width, height in pixels, bits a pixel (0: a text mode)."""


def read(text: str) -> LogNews:
    """Whole lines of a log."""
    troubles: dict[str, None] = {}
    for line in text.splitlines():
        if _REPORTS.search(line):
            troubles.update(dict.fromkeys(_troubles(line)))
    states = tuple("Paused" if suspended else word for word, suspended in _STATE.findall(text))
    ports = tuple(dict.fromkeys(map(int, _PORT.findall(text))))
    found = [(int(width), int(height), int(bits)) for width, height, bits in _RESIZED.findall(text)]
    return LogNews(states, tuple(troubles), ports, tuple(size for size in found if size[0] and size[1]))


def last(file: Path) -> LogNews:
    """What the end of VBox.log tells; nothing when there is none."""
    try:
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - _TAIL))
            return read(log.read(_TAIL).decode("utf-8", "replace"))
    except OSError:
        return read("")


def _troubles(line: str) -> list[str]:
    if "Host disk full" in line:
        return ["hostDiskFull"]
    name = refusals.cause(line)
    if name in _OF_A_RUN:
        return [name]
    return [MACHINE_CRASHED] if "Guru Meditation" in line else []
