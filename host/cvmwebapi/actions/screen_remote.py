"""The way of an ordinary RDP client to a machine's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ScreenRemoteParams, ScreenRemoteResult


def run(request: Request[ScreenRemoteParams]) -> ScreenRemoteResult:
    """``{offered, url, user, password}``; ``on``: whether it is to be turned on or off, or left as it is (null).

    Raises ``CVMError``: ``sessionNotFound``, ``invalidState``, ``remoteMissing``, ``remoteUnsafe``.
    """
    wanted = request.params.get("on")
    session = request.shown_session()
    if wanted is not None:
        session.share_screen(wanted, request.task)
    access = session.remote.access()
    return {
        "offered": session.remote.offered(),
        "url": access["url"],
        "user": access["user"],
        "password": access["password"],
    }
