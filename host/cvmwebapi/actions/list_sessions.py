"""All machines of this user, with what they use right now, for the extension's windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ListSessionsResult


def run(request: Request[Mapping[str, object]]) -> ListSessionsResult:
    """``{sessions: […]}``; see ``overview.Overview.machines``."""
    return {"sessions": request.sessions.overview.machines()}
