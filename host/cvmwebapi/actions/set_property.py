"""Keep a value of the site's own with a session."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, ``badValue`` when name, value or their number is beyond the limits."""
    request.session().set_property(request.text("name", 256), request.text("value", 64 * 1024))
    return {}
