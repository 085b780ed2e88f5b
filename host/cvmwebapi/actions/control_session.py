"""What the user does to a machine in the extension's windows; no page has to be open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import remedy
from cvmwebapi.doctor.explain import explained
from cvmwebapi.errors import CVMError
from cvmwebapi.provision import providing
from cvmwebapi.sessions.admission import limits
from cvmwebapi.states import VERBS, State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ControlSessionParams, ControlSessionResult


def run(request: Request[ControlSessionParams]) -> ControlSessionResult:
    """``{state}``. A machine that is to run waits, like a page's `start`, for what the user can put right.

    Raises ``CVMError``: ``sessionNotFound``, ``badValue``, ``siteBlocked``, those of ``providing.ensure`` and of
    the transitions.
    """
    goal = VERBS[request.params["verb"]]
    row = request.sessions.ledger.get(request.params["session"])
    if row is None:
        raise CVMError("sessionNotFound")
    session = request.sessions.session(row)

    def attempt() -> None:
        request.sessions.renew_settings()
        session.reach(goal, request.task)

    if goal is State.RUNNING:
        request.sessions.renew_settings()
        # An administrator's no also counts here; stopping and removing are always allowed.
        limits.check_site(request.sessions.settings, row.domain)
        with explained(session.id), request.visitor_of(row) as visitor:
            # It is the user's own wish: a no is no refusal of the website.
            providing.ensure(request.sessions.vboxmanage, request.sessions.settings, visitor)
        visitor = request.visitor(row.domain, row.origin)
        remedy.until_remedied(attempt, visitor, request.remedies_allowed, session.id)
    else:
        with explained(session.id):
            session.reach(goal, request.task)
    if goal is State.MISSING:
        request.sessions.forget(session)
    request.sessions.overview.count()
    return {"state": int(session.state)}
