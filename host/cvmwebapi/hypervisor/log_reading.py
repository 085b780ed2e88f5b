"""What VBox.log tells while it grows: changes of state, and troubles by the name of their error. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cvmwebapi.hypervisor import refusals

_STATE = re.compile(r"Console: Machine state changed to '(\w+)'")
# Where VirtualBox reports a failure. Elsewhere the same codes are mere notes, for instance of what it has tried.
_REPORTS = re.compile(
    r"VMSetError: |runtime error|Power up failed|ERROR \[COM\]|Guru Meditation|Host disk full|I/O cache: Error"
)
_PORT = re.compile(r"VERR_NAT_REDIR_SETUP|failed to set up redirection", re.IGNORECASE)

MACHINE_CRASHED = "machineCrashed"
PORT_TAKEN = "portTaken"
_OF_A_RUN = frozenset(
    {"driverMissing", "driverForbidden", "driverMismatch", "virtualizationOff", "virtualizationBusy",
     "virtualizationMissing", "memoryShort", "hostDiskFull", "savedStateUnusable"}
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """``states`` are VirtualBox's words in their order; ``troubles`` are names of our table of errors, each once."""

    states: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def read(text: str) -> Told:
    """Whole lines of a log."""
    troubles: dict[str, None] = {}
    for line in text.splitlines():
        if _REPORTS.search(line):
            troubles.update(dict.fromkeys(_troubles(line)))
    return Told(tuple(_STATE.findall(text)), tuple(troubles))


def _troubles(line: str) -> list[str]:
    if _PORT.search(line):
        return [PORT_TAKEN]
    if "Host disk full" in line:
        return ["hostDiskFull"]
    name = refusals.cause(line)
    if name in _OF_A_RUN:
        return [name]
    return [MACHINE_CRASHED] if "Guru Meditation" in line else []
