"""The image cache as the sessions of all hosts use it: what one of their machines has attached is never deleted."""

from __future__ import annotations

import contextlib

from cvmwebapi.config.settings import Settings
from cvmwebapi.media import cache
from cvmwebapi.sessions.ledger.store import Ledger

_MB = 2**20


def prune(ledger: Ledger, settings: Settings) -> None:
    """Delete what is too old or too much. What can't be deleted now stays: the next call tries again."""
    with contextlib.suppress(OSError):
        cache.prune(settings.cache_max_mb * _MB, settings.cache_max_days, in_use(ledger))


def in_use(ledger: Ledger) -> set[str]:
    """The checksums of the images that machines have attached."""
    return cache.checksums([row.iso for row in ledger.all() if row.iso])
