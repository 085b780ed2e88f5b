"""The settings that windows of the extension show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.config import settings

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import SettingsInForce


def run(request: Request[Mapping[str, object]]) -> SettingsInForce:
    """``{values, locked, sources}``: all that hold, names that a policy has locked, where policies were found."""
    found = settings.effective()
    return {
        "values": settings.to_json(found.settings),
        "locked": sorted(found.locked),
        "sources": list(found.sources),
    }
