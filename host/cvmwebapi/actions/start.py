"""Start the machine: create it when it is missing, power it on or resume it when it is not."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor.explain import explained
from cvmwebapi.errors import CVMError
from cvmwebapi.states import State

_MAX_VALUES = 64
_MAX_VALUE = 64 * 1024


def run(request: Request) -> dict[str, Any]:
    """Raises ``CVMError``: ``sessionNotFound``, ``badValue``, ``superseded``, those of media and hypervisor."""
    session = request.permitted_session()
    values = _values(request.params.get("values"))
    if values is not None:
        session.set_values(values)
    request.sessions.renew_settings()
    with explained(session.id):
        session.reach(State.RUNNING, request.cancelled)
    return session.snapshot()


def _values(raw: Any) -> dict[str, str] | None:
    """The page's values for the macros of the user data; numbers and booleans count as their text."""
    if raw is None:
        return None
    if not isinstance(raw, dict) or len(raw) > _MAX_VALUES:
        raise CVMError("badValue", name="values", detail=f"it must be an object of at most {_MAX_VALUES} values")
    values = {}
    for name, value in raw.items():
        if not isinstance(value, (str, int, float)) or len(str(value)) > _MAX_VALUE:
            raise CVMError("badValue", name=f"values.{name}"[:80], detail=f"it must be a text up to {_MAX_VALUE} long")
        values[name] = value if isinstance(value, str) else str(value).lower()
    return values
