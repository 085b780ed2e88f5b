"""How long a domain waits that was refused (docs/vmcp.md: two refusals within 5 s). Pure.

A refusal is a user's no, or a secret that is not the session's: whoever tries secrets is slowed down like whoever keeps
asking. The ledger keeps them, so that neither a reload nor a restart of the host shortens the wait.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

WITHIN = 5.0
"""Seconds: two refusals so close together are a page that asks again at once."""
WAIT = 300.0
"""Seconds that the domain then has to wait: long enough to close its tab in peace."""


def seconds_left(refusals: Sequence[float], now: float) -> float:
    """Seconds until a domain may ask again; 0 when it may. ``refusals`` are clock times in rising order.

    Those in the future were written down before the clock was set back: nobody knows how long ago, so they don't count.
    """
    left = 0.0
    past = [at for at in refusals if at <= now]
    for earlier, later in itertools.pairwise(past):
        if later - earlier <= WITHIN:
            left = max(left, WAIT - (now - later))
    return left
