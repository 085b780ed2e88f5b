"""Save the machine's state to disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import HibernateParams, Snapshot


def run(request: Request[HibernateParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``invalidState``, ``superseded``, those of the hypervisor."""
    session = request.session()
    with explained(session.id):
        session.reach(State.SAVED, request.task)
    return session.snapshot()
