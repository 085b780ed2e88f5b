"""Hard reset of a running machine."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, ``invalidState`` when it does not run, those of the hypervisor."""
    session = request.permitted_session()
    session.reset(request.task)
    return session.snapshot()
