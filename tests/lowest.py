"""The lowest versions of libraries that we say are enough, as constraints for pip: `make lowest` tries them."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable
from pathlib import Path

_BOUND = re.compile(r"([A-Za-z0-9_.-]+)>=([0-9.]+)")


def constraints(requirements: Iterable[str]) -> list[str]:
    """`name==version` for each `name>=version`; raises `ValueError` for one that has no lowest version."""
    found = []
    for line in requirements:
        bound = _BOUND.fullmatch(line)
        if not bound:
            raise ValueError(f"{line} names no lowest version")
        found.append(f"{bound[1]}=={bound[2]}")
    return found


def of_setup(file: Path) -> list[str]:
    """What the program itself needs, by `setup.cfg`."""
    settings = configparser.ConfigParser()
    settings.read(file)
    return constraints(settings["options"]["install_requires"].split())


if __name__ == "__main__":
    print("\n".join(of_setup(Path(__file__).parents[1] / "setup.cfg")))
