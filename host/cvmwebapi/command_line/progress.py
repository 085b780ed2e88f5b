"""How far a task is, on a terminal."""

from __future__ import annotations

import sys
from typing import Any


def tell(event: str, *args: Any) -> None:
    """What a ``Task`` tells, on standard error: standard output may be read by a program."""
    if event == "progress":
        words, fraction = args[:2]
        print(f"{fraction:4.0%} {words}", file=sys.stderr)
