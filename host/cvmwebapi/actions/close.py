"""Power the machine off and destroy it, its disks, and all that was written for it."""

from __future__ import annotations

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.protocol.shapes import CloseParams, Snapshot
from cvmwebapi.states import State


def run(request: Request[CloseParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``superseded``, those of the hypervisor."""
    session = request.session()
    with explained(session.id):
        session.reach(State.MISSING, request.task)
    snapshot = session.snapshot()
    request.sessions.forget(session)
    return snapshot
