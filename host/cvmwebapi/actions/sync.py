"""Ask VirtualBox for the true state, and tell the page."""

from __future__ import annotations

from cvmwebapi.actions.interface import Request
from cvmwebapi.protocol.shapes import Snapshot, SyncParams


def run(request: Request[SyncParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, those of the hypervisor."""
    session = request.session()
    session.refresh(request.task)
    return session.snapshot()
