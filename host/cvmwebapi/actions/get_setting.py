"""Read one setting of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.snapshot import SETTINGS, setting

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import GetSettingParams, GetSettingResult


def run(request: Request[GetSettingParams]) -> GetSettingResult:
    """Raises ``CVMError``: ``sessionNotFound``, ``settingUnknown``."""
    name = request.params["name"]
    if name not in SETTINGS:
        raise CVMError("settingUnknown", name=name)
    return {"value": setting(request.session().snapshot(), name)}
