"""Carry one HTTP request of a page to the application of its own session, and the answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.channel.exchange import exchange
from cvmwebapi.channel.wish import wish
from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_SESSION_FETCHES

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import FetchParams, Nothing

_ENDING_SECONDS = 5.0
"""For exchanges that were given up: the browser counts them no more while they are still hanging up here."""


def run(request: Request[FetchParams]) -> Nothing:
    """Raises ``CVMError``: ``sessionNotFound``, ``invalidState``, ``tooManyRequests``, those of ``exchange``."""
    session, wanted = request.session(), wish(request.params)
    assert request.flow is not None
    port = session.api_port()
    if not session.exchanges.acquire(timeout=_ENDING_SECONDS):
        raise CVMError("tooManyRequests", limit=MAX_SESSION_FETCHES)
    try:
        exchange(port, wanted, request.flow, request.emit)
    finally:
        session.exchanges.release()
    return {}
