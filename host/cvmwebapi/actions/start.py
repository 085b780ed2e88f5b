"""Start the machine: create it when it is missing, power it on or resume it when it is not."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import remedy
from cvmwebapi.doctor.explain import explained
from cvmwebapi.errors import CVMError
from cvmwebapi.net.addresses import page_domain
from cvmwebapi.sessions import opening
from cvmwebapi.sessions.admission import limits
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.states import State
from cvmwebapi.texts.phrase import detail

_MAX_VALUES = 64
_MAX_VALUE = 64 * 1024


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, ``badValue``, ``superseded``, those of media and hypervisor,
    of ``opening.provide``."""
    values = _values(request.params.get("values"))
    request.sessions.renew_settings()
    session = provided(request)
    if values is not None:
        session.set_values(values)

    def attempt() -> None:
        request.sessions.renew_settings()
        session.reach(State.RUNNING, request.task)

    remedy.until_remedied(attempt, request.visitor(session.domain), request.remedies_allowed, session.id)
    return session.snapshot()


def provided(request: Request) -> Session:
    """The session that the request may let run, with a VirtualBox that will do.

    Raises ``CVMError``: those of ``Request.permitted_session`` and ``opening.provide``.
    """
    identity = request.text("session", 64)
    row = request.sessions.ledger.get(identity)
    if row is not None and row.domain == page_domain(request.origin):
        limits.check_site(request.sessions.settings, row.domain)
        with explained(identity), request.visitor_of(row) as visitor:
            opening.provide(request.sessions, visitor)
    return request.permitted_session()


def _values(raw: Any) -> dict[str, str] | None:
    """The page's values for the macros of the user data; numbers and booleans count as their text."""
    if raw is None:
        return None
    if not isinstance(raw, dict) or len(raw) > _MAX_VALUES:
        raise CVMError("badValue", name="values", detail=detail("objectSize", limit=_MAX_VALUES))
    values = {}
    for name, value in raw.items():
        if not isinstance(value, (str, int, float)) or len(str(value)) > _MAX_VALUE:
            raise CVMError("badValue", name=f"values.{name}"[:80], detail=detail("text", limit=_MAX_VALUE))
        values[name] = value if isinstance(value, str) else str(value).lower()
    return values
