"""Change one setting of a session, where the site's signed description allows it."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.snapshot import SETTINGS
from cvmwebapi.texts.phrase import detail

_MAX_VALUE = 4096


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, ``settingUnknown``, ``settingNotAllowed``; bad values: ``machine…``."""
    name, value = request.text("name", 64), request.params.get("value")
    if name not in SETTINGS:
        raise CVMError("settingUnknown", name=name)
    if not isinstance(value, (str, int)) or len(str(value)) > _MAX_VALUE:
        raise CVMError("badValue", name=name, detail=detail("numberOrText", limit=_MAX_VALUE))
    session = request.session()
    session.set_setting(name, str(int(value)) if isinstance(value, int) else value, request.task)
    return {"value": session.snapshot()[name]}
