"""``cernvm-webapi doctor``: what is wrong on this computer, and what to do about it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from cvmwebapi.errors import CVMError

if TYPE_CHECKING:
    from cvmwebapi.doctor.check import Check, Result

_SIGNS = {"ok": "ok     ", "warning": "warning", "problem": "PROBLEM", "unknown": "unknown"}
_ROUNDS = 3


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("doctor", help="say what is wrong on this computer, and what to do about it")
    parser.add_argument(
        "checks", nargs="*", metavar="CHECK", help="only these, by their ids in --json: machines, network…"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired safely; asks before each step")
    parser.add_argument("--yes", action="store_true", help="with --fix: don't ask")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line import inputs
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.checks import CHECKS, named
    from cvmwebapi.doctor.surroundings import Surroundings

    unknown = set(options.checks) - {check.id for check in CHECKS}
    if unknown:
        print(f"There is no check {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    checks = named(*options.checks) or list(CHECKS)
    results = diagnosis.run(Surroundings.here(), checks)
    if options.json:
        rows = [result.to_json() for result in results]
        print(inputs.as_json({"checks": rows, "status": diagnosis.worst(results)}))
    else:
        for result in results:
            print(_shown(result))
    if options.fix:
        _fix(results, options.yes, checks)
        results = diagnosis.run(Surroundings.here(), checks)
    return 1 if diagnosis.worst(results) == "problem" else 0


def _fix(results: list[Result], unasked: bool, checks: list[Check]) -> None:
    """Asks and tells on standard error: standard output may be read by a program."""
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    asked: set[str] = set()
    for _ in range(_ROUNDS):
        new = [result for result in results if result.finding.repair and result.id not in asked]
        if not new:
            break
        repaired = [_repair(result, unasked) for result in new]
        asked |= {result.id for result in new}
        if not any(repaired):
            break
        # With one thing repaired, another may come to light.
        results = diagnosis.run(Surroundings.here(), checks)
    if not asked:
        print("There is nothing that can be repaired from here.", file=sys.stderr)


def _shown(result: Result) -> str:
    finding = result.finding
    lines = [f"{_SIGNS[result.status]}  {result.check.title}: {finding.text('found')}"]
    if result.status != "ok":
        lines += [f"         {text}" for text in (finding.text("cause"), finding.text("fix")) if text]
    if finding.command:
        lines.append(f"             {finding.command}")
    return "\n".join(lines)


def _repair(result: Result, unasked: bool) -> bool:
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    print(f"{result.finding.text('found')} {result.finding.text('fix')}", file=sys.stderr)
    if not unasked:
        print("Repair this now? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return False
    try:
        diagnosis.repair(Surroundings.here(), result.id)
    except (CVMError, OSError) as error:
        print(f"{error.message} {error.fix}" if isinstance(error, CVMError) else f"{error}", file=sys.stderr)
        return False
    left = diagnosis.look_again(Surroundings.here(), result.id)
    print(f"That did not help: {left.finding.text('found')}" if left else "Done.", file=sys.stderr)
    return left is None
