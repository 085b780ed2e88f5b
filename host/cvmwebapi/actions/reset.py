"""Hard reset of a running machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ResetParams, Snapshot


def run(request: Request[ResetParams]) -> Snapshot:
    """Raises ``CVMError``: ``sessionNotFound``, ``invalidState`` when it does not run, those of the hypervisor."""
    session = request.permitted_session()
    session.reset(request.task)
    return session.snapshot()
