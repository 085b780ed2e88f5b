"""How long a domain waits that the user refused (vmcp.md: two refusals within 5 s). Pure."""

from __future__ import annotations

from collections.abc import Sequence

WITHIN = 5.0
"""Seconds: two refusals so close together are a page that asks again at once."""
WAIT = 300.0
"""Seconds that the domain then has to wait: long enough to close its tab in peace."""


def seconds_left(refusals: Sequence[float], now: float) -> float:
    """Seconds until a domain may ask again; 0 when it may. ``refusals`` are clock times in rising order."""
    left = 0.0
    for earlier, later in zip(refusals, refusals[1:]):
        if later - earlier <= WITHIN:
            left = max(left, later + WAIT - now)
    # A clock that was set back must not lock a domain out for longer than the rule says.
    return min(left, WAIT)
