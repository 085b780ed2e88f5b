"""Pause the machine."""

from __future__ import annotations

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.protocol.shapes import PauseParams, Snapshot
from cvmwebapi.states import State


def run(request: Request[PauseParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``invalidState``, ``superseded``, those of the hypervisor."""
    session = request.session()
    with explained(session.id):
        session.reach(State.PAUSED, request.task)
    return session.snapshot()
