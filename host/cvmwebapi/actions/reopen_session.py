"""Open a session again that the page held before the host or the background was restarted: no fetch, no question."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError("sessionNotFound")`` when it is gone, or another origin's."""
    session = request.permitted_session()
    session.refresh()
    return session.snapshot()
