"""What a machine's screen shows now, for the window of the extension that shows it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_BODY_PIECE
from cvmwebapi.states import ALIVE

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ScreenPictureParams, ScreenPictureResult


def run(request: Request[ScreenPictureParams]) -> ScreenPictureResult:
    """``{domain, name, state, picture}``: the last one names the picture, "" while the machine has no screen.

    A PNG goes ahead in pieces, events ``chunk [base64]``, unless it is the one that ``known`` names. Raises
    ``CVMError``: ``sessionNotFound``, those of the hypervisor.
    """
    known = request.params["known"]
    session = request.shown_session()
    picture = b""
    if session.state in ALIVE:
        try:
            picture = session.screen.picture()
        except CVMError:
            # It may have ended just now.
            session.refresh(request.task)
            if session.state in ALIVE:
                raise
    digest = hashlib.sha256(picture).hexdigest() if picture else ""
    if digest != known:
        for start in range(0, len(picture), MAX_BODY_PIECE):
            request.emit("chunk", b64encode(picture[start : start + MAX_BODY_PIECE]).decode())
    snapshot = session.snapshot()
    return {"domain": session.domain, "name": snapshot["name"], "state": snapshot["state"], "picture": digest}
