"""The image cache as the sessions of all hosts use it: what one of their machines has attached is never deleted."""

from __future__ import annotations

import contextlib
from typing import Any

from cvmwebapi.config.settings import Settings
from cvmwebapi.media import cache
from cvmwebapi.sessions.ledger.store import Ledger

_MB = 2**20


def info(ledger: Ledger) -> dict[str, Any]:
    """``size`` and ``inUse`` in bytes on disk, ``entries`` (images, whole or on their way), and ``folder``."""
    used, entries = _in_use(ledger), cache.entries()
    return {
        "size": sum(entry.size for entry in entries),
        "inUse": sum(entry.size for entry in entries if entry.checksum in used),
        "entries": len(entries),
        "folder": str(cache.folder()),
    }


def clear(ledger: Ledger) -> int:
    """Delete what no machine uses and nobody is fetching; the bytes that were freed. Raises ``OSError``."""
    return cache.clear(_in_use(ledger))


def prune(ledger: Ledger, settings: Settings) -> None:
    """Delete what is too old or too much. What can't be deleted now stays: the next call tries again."""
    with contextlib.suppress(OSError):
        cache.prune(settings.cache_max_mb * _MB, settings.cache_max_days, _in_use(ledger))


def _in_use(ledger: Ledger) -> set[str]:
    return cache.checksums([row.iso for row in ledger.all() if row.iso])
