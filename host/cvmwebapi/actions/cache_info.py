"""What the image cache holds."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.media import cache
from cvmwebapi.sessions.resources import images


def run(request: Request) -> dict[str, Any]:
    """``{folder, bytes, images, clearable}``: where, how much, how many, and the bytes that no machine uses."""
    entries, used = cache.entries(), images.in_use(request.sessions.ledger)
    return {
        "folder": str(cache.folder()),
        "bytes": sum(entry.size for entry in entries),
        "images": len(entries),
        "clearable": sum(entry.size for entry in entries if entry.checksum not in used),
    }
