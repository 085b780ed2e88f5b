"""What the user does to a machine in the extension's windows; no page has to be open."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions import limits
from cvmwebapi.states import State

_GOALS = {
    "start": State.RUNNING,
    "resume": State.RUNNING,
    "pause": State.PAUSED,
    "hibernate": State.SAVED,
    "stop": State.POWEROFF,
    "close": State.MISSING,
}


def run(request: Request) -> dict[str, Any]:
    """``{state}``. Raises ``CVMError``: ``sessionNotFound``, ``badValue``, ``siteBlocked``, those of the steps."""
    verb = request.text("verb", 16)
    goal = _GOALS.get(verb)
    if goal is None:
        raise CVMError("badValue", name="verb", detail=f"it must be one of {', '.join(_GOALS)}")
    row = request.sessions.ledger.get(request.text("session", 64))
    if row is None:
        raise CVMError("sessionNotFound")
    if goal is State.RUNNING:
        # An administrator's no also counts here; stopping and removing are always allowed.
        limits.check_site(request.sessions.settings, row.domain)
    session = request.sessions.session(row)
    with explained(session.id):
        if not session.looked:
            session.refresh()
        session.reach(goal, request.cancelled)
    if goal is State.MISSING:
        request.sessions.forget(session)
    request.sessions.overview.count()
    return {"state": int(session.state)}
