"""What the image cache holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.media import cache
from cvmwebapi.sessions.resources import images

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import CacheInfo


def run(request: Request[Mapping[str, object]]) -> CacheInfo:
    """Of images that are still on their way, what is there already counts, too."""
    entries, used = cache.entries(), images.in_use(request.sessions.ledger)
    return {
        "folder": str(cache.folder()),
        "bytes": sum(entry.size for entry in entries),
        "images": len(entries),
        "clearable": sum(entry.size for entry in entries if entry.checksum not in used),
    }
