"""Keys that the user pressed in the window that shows a machine's screen."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.screen import MAX_CODES
from cvmwebapi.states import State


def run(request: Request) -> dict[str, Any]:
    """``codes``: scancodes of set 1. Raises ``CVMError``: ``badValue``, ``invalidState``, ``sessionNotFound``."""
    codes = request.params.get("codes")
    # A bool is an int, too.
    if not isinstance(codes, list) or not all(type(code) is int and 0 <= code <= 0xFF for code in codes):
        raise CVMError("badValue", name="codes", detail="it must be a list of numbers up to 255")
    if not 0 < len(codes) <= MAX_CODES:
        raise CVMError("badValue", name="codes", detail=f"it must have 1 to {MAX_CODES} numbers")
    session = request.shown_session()
    if session.state is not State.RUNNING:
        raise CVMError("invalidState", state="not running", what="take keys")
    session.screen.press(codes)
    return {}
