"""Our names for operating systems, and the one that this runs on."""

from __future__ import annotations

import sys


def named(platform: str) -> str:
    """``linux``, ``macos`` or ``windows`` for what Python calls ``sys.platform``; any other Unix is taken for Linux."""
    return {"win32": "windows", "darwin": "macos"}.get(platform, "linux")


THIS = named(sys.platform)
