"""Tables of generated documents."""

from __future__ import annotations

from collections.abc import Iterable

COMMENT = ("<!-- ", " -->")
"""Around the lines that mark a generated part (regions.py)."""


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A table of whole lines."""
    lines = [head, ("---",) * len(head), *(tuple(_cell(str(cell)) for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
