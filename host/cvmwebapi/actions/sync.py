"""Ask VirtualBox for the true state, and tell the page."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, those of the hypervisor."""
    session = request.session()
    session.refresh(request.task)
    return session.snapshot()
