"""Change settings of the user."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

_CHANGEABLE = frozenset(
    {"max_cpus", "max_memory", "max_disk", "total_cpus", "total_memory", "total_disk", "on_browser_close"}
)
"""Whom to trust, and which programs are run, is not for a window to say: that is in the file, or a policy."""


def run(request: Request) -> dict[str, Any]:
    """``values`` by name; null: the default again. Raises ``CVMError``: ``badValue``, ``setting…``."""
    values = request.params.get("values")
    if not isinstance(values, dict) or not set(values) <= _CHANGEABLE:
        raise CVMError("badValue", name="values", detail=detail("objectOf", names=", ".join(sorted(_CHANGEABLE))))
    request.sessions.change_settings(values)
    from cvmwebapi.actions import get_settings

    return get_settings.run(request)
