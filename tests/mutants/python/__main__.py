"""``python -m tests.mutants.python [PART…]``: what no test notices; exit status 1 when there is some."""

from __future__ import annotations

import argparse
import sys

from tests.mutants.python import sandbox, survivors
from tests.mutants.python.parts import PARTS, Part
from tests.mutants.python.survivors import Outcome


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.python", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these of {', '.join(PARTS)}")
    parser.add_argument("--processes", type=int, default=1, help="how many test runs at a time")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    clean = True
    for name in options.parts or PARTS:
        clean &= _part(name, PARTS[name], options.processes)
    return int(not clean)


def _part(name: str, part: Part, processes: int) -> bool:
    place = sandbox.prepare(name, part)
    status = sandbox.run(place, processes)
    if status:
        print(f"{name}: its tests fail even without a change, see above ({place})")
        return False
    found = survivors.outcome(place, part)
    print(_told(name, found))
    return not found.left and not found.stale


def _told(name: str, found: Outcome) -> str:
    lines = [
        f"{name}: {found.tried} changes tried, {found.noticed} noticed, {len(found.excused)} excused, "
        f"{len(found.left)} left"
    ]
    for change in found.left:
        lines += [f"  {change.function}", f"    - {change.before}", f"    + {change.after}"]
    lines += [f"  no longer needed in python.json: {change.function}: {change.after}" for change in found.stale]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
