"""Open a session: fetch and verify what the site describes, ask the user when it is new, hand out its state."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.sessions import opening
from cvmwebapi.vmcp.addresses import page_domain


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: those of ``opening.open_session``."""
    request.sessions.renew_settings()
    with explained():
        session = opening.open_session(
            request.sessions,
            page_domain(request.origin),
            request.origin,
            request.text("url", 4096),
            request.emit,
            request.ask,
            request.cancelled,
        )
    request.sessions.ledger.opened_by(session.id, request.origin)
    return session.snapshot()
