"""``cernvm-webapi doctor``: what is wrong on this computer, and what to do about it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cvmwebapi.errors import CVMError

_SIGNS = {"ok": "ok     ", "warning": "warning", "problem": "PROBLEM", "unknown": "unknown"}


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("doctor", help="say what is wrong on this computer, and how to mend it")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--fix", action="store_true", help="mend what can be mended safely; asks before each step")
    parser.add_argument("--yes", action="store_true", help="with --fix: don't ask")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line import inputs
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    results = diagnosis.run(Surroundings.here())
    rows = [result.finding.to_json(result.check) for result in results]
    if options.json:
        print(inputs.as_json({"checks": rows, "status": diagnosis.worst(results)}))
    else:
        for row in rows:
            print(_shown(row))
    if options.fix:
        # Asked and told on standard error: standard output may be read by a program.
        mended = [_mend(row, options.yes) for row in rows if row["repair"]]
        if not mended:
            print("There is nothing that can be mended from here.", file=sys.stderr)
        results = diagnosis.run(Surroundings.here())
    return 1 if diagnosis.worst(results) == "problem" else 0


def _shown(row: dict[str, Any]) -> str:
    lines = [f"{_SIGNS[row['status']]}  {row['title']}: {row['found']}"]
    lines += [f"         {row[key]}" for key in ("cause", "fix") if row[key] and row["status"] != "ok"]
    if row["command"]:
        lines.append(f"             {row['command']}")
    return "\n".join(lines)


def _mend(row: dict[str, Any], unasked: bool) -> bool:
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    print(f"{row['found']} {row['fix']}", file=sys.stderr)
    if not unasked:
        print("Mend this now? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            return False
    try:
        diagnosis.repair(Surroundings.here(), row["id"])
    except CVMError as error:
        print(f"{error.message} {error.fix}", file=sys.stderr)
        return False
    print("Done.", file=sys.stderr)
    return True
