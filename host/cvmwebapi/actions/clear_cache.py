"""Empty the image cache, but for what machines use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.actions import cache_info
from cvmwebapi.actions.interface import Request
from cvmwebapi.media import cache
from cvmwebapi.sessions.resources import images

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ClearedCache


def run(request: Request[Mapping[str, object]]) -> ClearedCache:
    """``cacheInfo`` afterwards, and ``freed`` bytes. Images of the last minute stay: one may just be in use."""
    freed = cache.clear(images.in_use(request.sessions.ledger))
    return {**cache_info.run(request), "freed": freed}
