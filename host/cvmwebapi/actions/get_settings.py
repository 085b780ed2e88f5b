"""The settings that windows of the extension show."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.config import settings


def run(request: Request) -> dict[str, Any]:
    """``{values, locked, sources}``: all that hold, names that a policy has locked, where policies were found."""
    found = settings.effective()
    return {
        "values": settings.to_json(found.settings),
        "locked": sorted(found.locked),
        "sources": list(found.sources),
    }
