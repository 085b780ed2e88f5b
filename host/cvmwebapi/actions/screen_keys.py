"""Keys that the user pressed in the window that shows a machine's screen."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.screen import MAX_CODES
from cvmwebapi.sessions.lifecycle.session import wrong_state
from cvmwebapi.states import State
from cvmwebapi.texts.phrase import detail


def run(request: Request) -> dict[str, Any]:
    """``codes``: scancodes of set 1. Raises ``CVMError``: ``badValue``, ``invalidState``, ``sessionNotFound``."""
    codes = request.params.get("codes")
    # A bool is an int, too.
    if (
        not isinstance(codes, list)
        or not 0 < len(codes) <= MAX_CODES
        or not all(type(code) is int and 0 <= code <= 0xFF for code in codes)
    ):
        raise CVMError("badValue", name="codes", detail=detail("scancodes", limit=MAX_CODES))
    session = request.shown_session()
    if session.state is not State.RUNNING:
        raise wrong_state(session.state, "pressKeys")
    session.screen.press(codes)
    return {}
