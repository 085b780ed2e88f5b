"""How findings about an endpoint are told."""

from __future__ import annotations

from collections.abc import Sequence


def show(problems: Sequence[str], all_well: str) -> int:
    """Print what was found, or that nothing was; returns the exit status."""
    for number, problem in enumerate(problems, start=1):
        print(f"{number}. {problem}")
    if problems:
        print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.")
        return 1
    print(all_well)
    return 0
