"""Keys that the user pressed in the window that shows a machine's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.sessions.lifecycle.session import wrong_state
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import Nothing, ScreenKeysParams


def run(request: Request[ScreenKeysParams]) -> Nothing:
    """``codes``: scancodes of set 1. Raises ``CVMError``: ``invalidState``, ``sessionNotFound``."""
    session = request.shown_session()
    if session.state is not State.RUNNING:
        raise wrong_state(session.state, "pressKeys")
    session.screen.press(request.params["codes"])
    return {}
