"""Rows of a ledger, for tests of many machines at once: no machine is made for them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from cvmwebapi.sessions.ledger.resources import wanted_by
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.vmcp.description import MachineDescription

_DESCRIPTION = MachineDescription(name="machine", cpus=2, memory=2048, disk=10240, flags=49)


def session_row(session: str = "one", name: str = "machine", **columns: Any) -> SessionRow:
    """One that was agreed to as it was described, and has no machine, but for what `columns` says."""
    description = columns.pop("description", replace(_DESCRIPTION, name=name))
    agreed = wanted_by(description)
    row = SessionRow(session, "example.org", name, b"", f"uuid-{session}", description, agreed, agreed, 1000.0)
    return replace(row, **columns)


def add_rows(home: Path, count: int) -> list[str]:
    """Sessions of as many websites, each agreed to and without a machine; their ids. ``home``: the host's HOME."""
    data = home / ".local/share/cernvm-webapi"
    data.mkdir(parents=True, exist_ok=True)
    made = [f"{number:032x}" for number in range(count)]
    with contextlib.closing(Ledger(data / "ledger.sqlite")) as ledger:
        for number, session in enumerate(made):
            vm = f"00000000-0000-4000-8000-{number:012x}"
            domain = f"site{number}.example.org"
            ledger.add(session_row(session, f"machine {number}", domain=domain, vm=vm, created=1000.0 + number))
    return made
