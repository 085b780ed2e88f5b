"""Open a session: fetch and verify what the site describes, ask the user when it is new, hand out its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import remedy
from cvmwebapi.net.addresses import page_domain
from cvmwebapi.sessions import opening
from cvmwebapi.sessions.lifecycle.session import Session

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import RequestSessionParams, Snapshot


def run(request: Request[RequestSessionParams]) -> Snapshot:
    """Raises ``CVMError``: those of ``opening.open_session``."""
    visitor, url = request.visitor(page_domain(request.origin)), request.params["url"]

    def attempt() -> Session:
        request.sessions.renew_settings()
        return opening.open_session(request.sessions, visitor, url)

    session = remedy.until_remedied(attempt, visitor, request.remedies_allowed)
    return session.snapshot()
