"""Let a paused machine go on."""

from __future__ import annotations

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import remedy
from cvmwebapi.protocol.shapes import ResumeParams, Snapshot
from cvmwebapi.states import State


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
