"""What the lists of a keystore are called, and the line in them that says which one it is. Pure."""

from __future__ import annotations

SNAPSHOT = "snapshot.lst"
"""The list of all other lists."""


def head(name: str) -> str:
    """The line that says which list it is: none is taken for another that the same key has signed."""
    return f"#list {name}"
