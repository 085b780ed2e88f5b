"""All machines of this user, with what they use right now, for the extension's windows."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request


def run(request: Request) -> dict[str, Any]:
    """``{sessions: […]}``; see ``overview.Overview.machines``."""
    return {"sessions": request.sessions.overview.machines()}
