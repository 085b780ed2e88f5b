"""Let a paused machine go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import remedy
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ResumeParams, Snapshot


def run(request: Request[ResumeParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``invalidState``, ``superseded``, those of the hypervisor."""
    session = request.permitted_session()
    remedy.until_remedied(
        lambda: session.reach(State.RUNNING, request.task),
        request.visitor(session.domain),
        request.remedies_allowed,
        session.id,
    )
    return session.snapshot()
