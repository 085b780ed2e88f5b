"""Keys that the user pressed in the window that shows a machine's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import Nothing, ScreenKeysParams


def run(request: Request[ScreenKeysParams]) -> Nothing:
    """``codes``: scancodes of set 1. Raises ``CVMError``: ``invalidState``, ``sessionNotFound``."""
    session = request.shown_session()
    session.check_runs("pressKeys")
    session.screen.press(request.params["codes"])
    return {}
