"""What pages may change of a session: what its description leaves to them, and properties of their own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger import SessionRow
from cvmwebapi.sessions.lifecycle.snapshot import SETTINGS
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp.description import MachineDescription

MAX_PROPERTIES = 256


def setting(row: SessionRow, machine: MachineDescription, name: str, value: str) -> MachineDescription:
    """The description with that setting. Raises ``CVMError``: ``settingNotAllowed``, ``machine…``."""
    changed = machine.overridden({SETTINGS[name]: value})
    if changed.flags & ~row.agreed["flags"]:
        # More than the user said yes to.
        raise CVMError("settingNotAllowed", name=name)
    return changed


def properties(row: SessionRow, name: str, value: str) -> dict[str, str]:
    """All properties with that one. Raises ``CVMError("badValue")`` when there are too many."""
    changed = {**row.properties, name: value}
    if len(changed) > MAX_PROPERTIES:
        raise CVMError("badValue", name="property", detail=detail("tooMany", limit=MAX_PROPERTIES))
    return changed


def stored(machine: MachineDescription) -> dict[str, Any]:
    """A description as the ledger keeps it: all but the secret."""
    return {key: value for key, value in asdict(machine).items() if key != "secret"}
