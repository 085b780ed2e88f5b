"""Change settings of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import SetSettingsParams, SettingsInForce


def run(request: Request[SetSettingsParams]) -> SettingsInForce:
    """``values`` by name; null: the default again. Which may be changed, says the protocol's table.

    Raises ``CVMError``: ``badValue``, ``setting…``."""
    request.sessions.change_settings(dict(request.params["values"]))
    from cvmwebapi.actions import get_settings

    return get_settings.run(request)
