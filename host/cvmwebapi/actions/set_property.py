"""Keep a value of the site's own with a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import Nothing, SetPropertyParams


def run(request: Request[SetPropertyParams]) -> Nothing:
    """Raises ``CVMError``: ``sessionNotFound``, ``badValue`` when name, value or their number is beyond the limits."""
    request.session().set_property(request.params["name"], request.params["value"])
    return {}
