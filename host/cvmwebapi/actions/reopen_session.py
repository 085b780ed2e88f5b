"""Open a session again that the page held before the host or the background was restarted: no fetch, no question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ReopenSessionParams, Snapshot


def run(request: Request[ReopenSessionParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound`` when gone, or another origin's; ``refusedByUser``; ``cancelled``."""
    session = request.permitted_session()
    try:
        session.refresh(request.task)
    except CVMError as error:
        request.task.check()
        if error.name == "sessionNotFound":
            raise
        # Nobody has just asked for anything, so no window opens: the page sees what can be told without VirtualBox,
        # and hears what is wrong when it calls; its `start` then asks the user.
        session.believe(request.sessions.overview.unasked(session.id), request.task)
    return session.snapshot()
