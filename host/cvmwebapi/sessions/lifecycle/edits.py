"""What somebody has changed of a machine in VirtualBox's own window."""

from __future__ import annotations

from collections.abc import Mapping

from cvmwebapi.sessions.ledger.rows import Given

_FACTS = {
    "cpus": ("cpus", "cpus"),
    "memory": ("memory", "memory"),
    "executionCap": ("cpuexecutioncap", "execution_cap"),
}
"""Name in a snapshot → in ``showvminfo``, in the ledger's ``hardware``."""


def made(info: Mapping[str, str], given: Given | None) -> dict[str, int]:
    """By the names of snapshots, what is not as we have given it. ``memory`` in MB, the cap in percent."""
    told = {name: info.get(key, "") for name, (key, _) in _FACTS.items()}
    return {
        name: int(value)
        for name, value in told.items()
        if value.isdecimal() and int(value) != getattr(given, _FACTS[name][1], int(value))
    }
