"""Change one setting of a session, where the site's signed description allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.snapshot import SETTINGS, setting

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import SetSettingParams, SetSettingResult


def run(request: Request[SetSettingParams]) -> SetSettingResult:
    """Raises ``CVMError``: ``sessionNotFound``, ``settingUnknown``, ``settingNotAllowed``; bad values: ``machine…``."""
    name, value = request.params["name"], request.params["value"]
    if name not in SETTINGS:
        raise CVMError("settingUnknown", name=name)
    session = request.session()
    session.set_setting(name, str(int(value)) if isinstance(value, int) else value, request.task)
    return {"value": setting(session.snapshot(), name)}
