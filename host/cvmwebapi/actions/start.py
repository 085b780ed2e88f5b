"""Start the machine: create it when it is missing, power it on or resume it when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import remedy
from cvmwebapi.doctor.explain import explained
from cvmwebapi.net.addresses import page_domain
from cvmwebapi.sessions import opening
from cvmwebapi.sessions.admission import limits
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import Snapshot, StartParams


def run(request: Request[StartParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``badValue``, ``superseded``, those of media and hypervisor,
    of ``opening.provide``."""
    values = request.params.get("values")
    request.sessions.renew_settings()
    session = provided(request)
    if values is not None:
        session.set_values({name: _text(value) for name, value in values.items()})

    def attempt() -> None:
        request.sessions.renew_settings()
        session.reach(State.RUNNING, request.task)

    remedy.until_remedied(attempt, request.visitor(session.domain), request.remedies_allowed, session.id)
    return session.snapshot()


def provided(request: Request[StartParams]) -> Session:
    """The session that the request may let run, with a VirtualBox that will do.

    Raises ``CVMError``: those of ``Request.permitted_session`` and ``opening.provide``.
    """
    identity = request.params["session"]
    row = request.sessions.ledger.get(identity)
    if row is not None and row.domain == page_domain(request.origin):
        limits.check_site(request.sessions.settings, row.domain)
        with explained(identity), request.visitor_of(row) as visitor:
            opening.provide(request.sessions, visitor)
    return request.permitted_session()


def _text(value: str | float) -> str:
    """Of a value for the macros of the user data: numbers and booleans count as JavaScript's text of them."""
    return value if isinstance(value, str) else str(value).lower()
