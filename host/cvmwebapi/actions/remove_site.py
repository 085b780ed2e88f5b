"""Take back every permission of a website, and remove its machines if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import RemoveSiteParams, RemoveSiteResult


def run(request: Request[RemoveSiteParams]) -> RemoveSiteResult:
    """``machines``: whether they go too; ``{removed}``: their names. Raises ``CVMError`` as ``close``."""
    domain, sessions = request.domain(), request.sessions
    # First, so that its page can't start one again.
    sessions.ledger.revoke(domain)
    removed = []
    if request.params.get("machines"):
        for row in sessions.ledger.all():
            if row.domain == domain:
                session = sessions.session(row)
                session.refresh(request.task)
                session.reach(State.MISSING, request.task)
                sessions.forget(session)
                removed.append(row.name)
    return {"removed": removed}
