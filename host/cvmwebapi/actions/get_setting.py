"""Read one setting of a session."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.snapshot import SETTINGS


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, ``settingUnknown``."""
    name = request.text("name", 64)
    if name not in SETTINGS:
        raise CVMError("settingUnknown", name=name)
    return {"value": request.session().snapshot()[name]}
