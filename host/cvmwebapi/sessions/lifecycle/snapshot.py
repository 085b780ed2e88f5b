"""What pages see of a session. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.states import ALIVE, State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ErrorData, Snapshot

SETTINGS = {
    "executionCap": "executioncap",
    "version": "version",
    "flavor": "flavor",
    "diskURL": "diskurl",
    "diskChecksum": "diskchecksum",
    "flags": "flags",
}
"""Settings that a page may read, and change where ``canOverride`` lists them: name on the page → in a description."""


def snapshot(
    row: SessionRow,
    state: State,
    api: bool,
    problem: ErrorData | None,
    facts: Mapping[str, int],
    rdp: str,
) -> Snapshot:
    """All state variables, as the protocol names them. ``facts``: what VirtualBox says that the machine really has."""
    machine, alive = row.description, state in ALIVE
    return {
        "session": row.id,
        "name": row.name,
        "state": int(state),
        "cpus": facts.get("cpus", machine.cpus),
        "memory": facts.get("memory", machine.memory),
        "disk": machine.disk,
        "apiPort": machine.api_port,
        "apiURL": f"http://127.0.0.1:{row.port}" if alive else "",
        "apiAvailable": api,
        "rdpURL": rdp if alive else "",
        "ip": "127.0.0.1" if alive else "",
        "executionCap": facts.get("executionCap", machine.execution_cap),
        "version": machine.version,
        "flavor": machine.flavor,
        "diskURL": machine.disk_url,
        "diskChecksum": machine.disk_checksum,
        "flags": machine.flags,
        "canOverride": list(machine.can_override),
        "properties": dict(row.properties),
        "problem": problem,
    }


def setting(snapshot: Snapshot, name: str) -> str | int:
    """The value of one of ``SETTINGS``."""
    values: Mapping[str, object] = snapshot
    value = values[name]
    assert isinstance(value, (str, int))
    return value
