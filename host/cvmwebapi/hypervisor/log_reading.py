"""What VBox.log tells while it grows: changes of state, and troubles by the name of their error.

A machine's own words are in the log, too (``VMMDev: Guest Log: …``, ``PcBios: …``). So only what stands at the
beginning of a line, right behind the time, is VirtualBox's; and whether a machine runs is not for its log to decide,
but for its process and for VirtualBox (``state``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.hypervisor import parsing, refusals
from cvmwebapi.states import State

_TIME = r"^\d{2,6}:\d{2}:\d{2}\.\d{1,9} "
# A machine that VirtualBox pauses by itself, for its disk is full, tells the second only.
_STATE = re.compile(
    _TIME + r"(?:Console: Machine state changed to '(\w+)'|Changing the VM state from '\w+' to '(SUSPENDED)')\s*$"
)
# Where VirtualBox reports a failure. Elsewhere the same codes are mere notes, for instance of what it has tried.
_REPORTS = re.compile(
    _TIME + r"(?:VMSetError: |VM: Raising runtime error|Console: VM runtime error|Power up failed|ERROR \[COM\]"
    r"|!!\s*(?:VCPU\d+: )?Guru Meditation|VD#\d+: Host disk full|I/O cache: Error)"
)
# Of the first screen.
_RESIZED = re.compile(
    _TIME + r"Display::\w*handleDisplayResize\W+uScreenId ?= ?0\b.*? w=(\d{1,5}) h=(\d{1,5}) bpp=(\d{1,3})"
)
_PORT = re.compile(_TIME + r"VMSetError: NAT#\d+: .*failed to set up redirection of (\d{1,5})")

MACHINE_CRASHED = "machineCrashed"
_OF_A_RUN = frozenset(
    {"driverMissing", "driverForbidden", "driverMismatch", "virtualizationOff", "virtualizationBusy",
     "virtualizationMissing", "memoryShort", "hostDiskFull", "savedStateUnusable"}
)  # fmt: skip


_STATE_FILE = re.compile(rb'<Machine [^>]*\bstateFile="')
_HEAD = 64 * 1024
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
    states: list[str] = []
    troubles: dict[str, None] = {}
    ports: dict[int, None] = {}
    sizes: list[tuple[int, int, int]] = []
    # Nothing but a line feed ends a line: a machine may write all the others that Python knows.
    for line in text.split("\n"):
        if found := _STATE.match(line):
            states.append("Paused" if found[2] else found[1])
        elif found := _RESIZED.match(line):
            size = (int(found[1]), int(found[2]), int(found[3]))
            sizes += [size] if size[0] and size[1] else []
        if _REPORTS.match(line):
            troubles.update(dict.fromkeys(_troubles(line)))
        if found := _PORT.match(line):
            ports[int(found[1])] = None
    return LogNews(tuple(states), tuple(troubles), tuple(ports), tuple(sizes))


def state(log: Path, settings: Path, alive: bool) -> State:
    """Of a machine that VirtualBox is not asked about. ``alive``: its process is there, which decides whether it runs.

    Whether it is paused is the log's word; whether it was saved, that of its settings, which no machine writes.
    """
    if not alive:
        return State.SAVED if _saved(settings) else State.POWEROFF
    words = [found for word in last(log).states if (found := parsing.state(word)) in (State.RUNNING, State.PAUSED)]
    return words[-1] if words and words[-1] is State.PAUSED else State.RUNNING


def _saved(settings: Path) -> bool:
    try:
        with settings.open("rb") as file:
            return bool(_STATE_FILE.search(file.read(_HEAD)))
    except OSError:
        return False


def last(file: Path) -> LogNews:
    """What the end of VBox.log tells; nothing when there is none."""
    try:
        with file.open("rb") as log:
            start = max(0, file.stat().st_size - _TAIL)
            log.seek(start)
            text = log.read(_TAIL).decode("utf-8", "replace")
            # What is cut off in front may be the rest of a machine's words.
            return read(text.partition("\n")[2] if start else text)
    except OSError:
        return read("")


def _troubles(line: str) -> list[str]:
    if "Host disk full" in line:
        return ["hostDiskFull"]
    name = refusals.cause(line)
    if name in _OF_A_RUN:
        return [name]
    return [MACHINE_CRASHED] if "Guru Meditation" in line else []
