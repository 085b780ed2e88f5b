"""``cernvm-webapi doctor``: what is wrong on this computer, and what to do about it."""

from __future__ import annotations

import argparse
import sys
from types import ModuleType
from typing import Any

from cvmwebapi.errors import CVMError

_SIGNS = {"ok": "ok     ", "warning": "warning", "problem": "PROBLEM", "unknown": "unknown"}
_ROUNDS = 3


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("doctor", help="say what is wrong on this computer, and what to do about it")
    parser.add_argument(
        "checks", nargs="*", metavar="CHECK", help="only these, by their ids in --json: machines, network…"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired safely; asks before each step")
    parser.add_argument("--yes", action="store_true", help="with --fix: don't ask")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line import inputs
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    unknown = set(options.checks) - {module.ID for module in diagnosis.CHECKS}
    if unknown:
        print(f"There is no check {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    modules = [module for module in diagnosis.CHECKS if module.ID in options.checks] or list(diagnosis.CHECKS)
    results = diagnosis.run(Surroundings.here(), modules)
    rows = [result.finding.to_json(result.check) for result in results]
    if options.json:
        print(inputs.as_json({"checks": rows, "status": diagnosis.worst(results)}))
    else:
        for row in rows:
            print(_shown(row))
    if options.fix:
        _fix(rows, options.yes, modules)
        results = diagnosis.run(Surroundings.here(), modules)
    return 1 if diagnosis.worst(results) == "problem" else 0


def _fix(rows: list[dict[str, Any]], unasked: bool, modules: list[ModuleType]) -> None:
    """Asks and tells on standard error: standard output may be read by a program."""
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    asked: set[str] = set()
    for _ in range(_ROUNDS):
        new = [row for row in rows if row["repair"] and row["id"] not in asked]
        if not new:
            break
        repaired = [_repair(row, unasked) for row in new]
        asked |= {row["id"] for row in new}
        if not any(repaired):
            break
        # With one thing repaired, another may come to light.
        rows = [result.finding.to_json(result.check) for result in diagnosis.run(Surroundings.here(), modules)]
    if not asked:
        print("There is nothing that can be repaired from here.", file=sys.stderr)


def _shown(row: dict[str, Any]) -> str:
    lines = [f"{_SIGNS[row['status']]}  {row['title']}: {row['found']}"]
    lines += [f"         {row[key]}" for key in ("cause", "fix") if row[key] and row["status"] != "ok"]
    if row["command"]:
        lines.append(f"             {row['command']}")
    return "\n".join(lines)


def _repair(row: dict[str, Any], unasked: bool) -> bool:
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    print(f"{row['found']} {row['fix']}", file=sys.stderr)
    if not unasked:
        print("Mend this now? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return False
    try:
        diagnosis.repair(Surroundings.here(), row["id"])
    except (CVMError, OSError) as error:
        print(f"{error.message} {error.fix}" if isinstance(error, CVMError) else f"{error}", file=sys.stderr)
        return False
    left = diagnosis.look_again(Surroundings.here(), row["id"])
    print(f"That did not help: {left.text('found')}" if left else "Done.", file=sys.stderr)
    return left is None
