"""Ask VirtualBox for the true state, and tell the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import Snapshot, SyncParams


def run(request: Request[SyncParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, those of the hypervisor."""
    session = request.session()
    session.refresh(request.task)
    return session.snapshot()
