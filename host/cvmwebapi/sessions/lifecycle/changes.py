"""What pages may change of a session: what its description leaves to them, and properties of their own."""

from __future__ import annotations

from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_PROPERTIES
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.sessions.lifecycle.snapshot import SETTINGS
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp.description import MachineDescription


def setting(row: SessionRow, name: str, value: str) -> MachineDescription:
    """Its description with that setting. Raises ``CVMError``: ``settingNotAllowed``, ``machine…``."""
    changed = row.description.overridden({SETTINGS[name]: value})
    if changed.flags & ~row.agreed.flags:
        # More than the user said yes to.
        raise CVMError("settingNotAllowed", name=name)
    return changed


def properties(row: SessionRow, name: str, value: str) -> dict[str, str]:
    """All properties with that one. Raises ``CVMError("badValue")`` when there are too many."""
    changed = {**row.properties, name: value}
    if len(changed) > MAX_PROPERTIES:
        raise CVMError("badValue", name="property", detail=detail("tooMany", limit=MAX_PROPERTIES))
    return changed
