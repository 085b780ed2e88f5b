"""Power the machine off and destroy it, its disks, and all that was written for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import CloseParams, Snapshot


def run(request: Request[CloseParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``superseded``, those of the hypervisor."""
    session = request.session()
    with explained(session.id):
        session.reach(State.MISSING, request.task)
    snapshot = session.snapshot()
    request.sessions.forget(session)
    return snapshot
