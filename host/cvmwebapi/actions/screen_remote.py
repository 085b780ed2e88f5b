"""The way of an ordinary RDP client to a machine's screen."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail


def run(request: Request) -> dict[str, Any]:
    """``{offered, url, user, password}``; ``on``: whether it is to be turned on or off, or left as it is (null).

    Raises ``CVMError``: ``sessionNotFound``, ``badValue``, ``invalidState``, ``remoteMissing``, ``remoteUnsafe``.
    """
    wanted = request.params.get("on")
    if not (wanted is None or isinstance(wanted, bool)):
        raise CVMError("badValue", name="on", detail=detail("oneOf", values="true, false, null"))
    session = request.shown_session()
    if wanted is not None:
        session.share_screen(wanted, request.task)
    return {"offered": session.remote.offered(), **session.remote.access()}
