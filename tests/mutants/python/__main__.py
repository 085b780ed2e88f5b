"""``python -m tests.mutants.python [PART…]``: what no test notices; exit status 1 when there is some."""

from __future__ import annotations

import argparse
import sys

from tests.mutants.python import sandbox, survivors
from tests.mutants.python.parts import PARTS, Part


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
    if sandbox.run(place, processes):
        print(f"{name}: its tests fail even without a change, see above ({place})")
        return False
    found = survivors.outcome(place)
    left, stale = survivors.judged(found.unnoticed, survivors.excuses(), part)
    for change in left:
        print(f"Nobody notices: {change}")
    for change in stale:
        print(f"Needs no excuse any more: {change}")
    excused = len(found.unnoticed) - len(left)
    print(f"{name}: {found.tried} faults, {found.noticed} noticed, {excused} excused, {len(left)} left.", flush=True)
    return not left and not stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
