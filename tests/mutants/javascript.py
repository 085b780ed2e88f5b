"""Tests of the tests: Stryker puts faults into the JavaScript that guards people, and runs the unit tests on each.

Prints every fault that no test notices, unless ``javascript.json`` names the reason why it changes nothing. Run by
``make mutants-js``; the faults are put into a copy outside of the checkout.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).parents[2]
EXCUSES = Path(__file__).with_name("javascript.json")
#: What Stryker is told: which files, by which tests.
SETTINGS = Path(__file__).with_name("stryker.json")
COPIED = ("extension", "tests/unit/extension", "package.json")
#: Where the settings say that the report goes.
REPORT = "mutation.json"
#: Of Stryker's states, those of faults that ``make check`` does not notice.
UNNOTICED = frozenset({"Survived", "NoCoverage"})


class Mutant(NamedTuple):
    """A fault, told by its text: lines are counted anew by every change."""

    file: str
    #: The line of the source on which it begins.
    line: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.file}: {self.line}\n    {self.was}\n    becomes {self.becomes}"


def mutants(report: dict[str, Any]) -> Iterator[tuple[Mutant, str]]:
    """Every fault of a report (schema "mutation-testing-report", version 2) and what became of it."""
    for file, about in report["files"].items():
        lines = about["source"].splitlines()
        for each in about["mutants"]:
            start, end = each["location"]["start"], each["location"]["end"]
            taken = lines[start["line"] - 1 : end["line"]]
            # The end first: it may be on the same line. Columns count from 1.
            taken[-1] = taken[-1][: end["column"] - 1]
            taken[0] = taken[0][start["column"] - 1 :]
            line = lines[start["line"] - 1].strip()
            yield Mutant(file, line, _plain(" ".join(taken)), _plain(each["replacement"])), each["status"]


def excuses() -> dict[Mutant, str]:
    """Faults that change nothing, and why that is so."""
    return {
        Mutant(file, *fault): group["why"]
        for file, groups in json.loads(EXCUSES.read_text("utf-8")).items()
        for group in groups
        for fault in group["faults"]
    }


def judged(found: Iterable[tuple[Mutant, str]], excused: Iterable[Mutant]) -> tuple[list[Mutant], list[Mutant]]:
    """Faults that nobody notices or excuses, and excuses for which there is no such fault."""
    unnoticed = [mutant for mutant, status in found if status in UNNOTICED]
    known = set(excused)
    return [each for each in unnoticed if each not in known], sorted(known.difference(unnoticed))


def _plain(code: str) -> str:
    return " ".join(code.split())


def run(tools: Path, at_once: int) -> dict[str, Any]:
    """Stryker's report; ``tools`` is where npm has put it, ``at_once`` how many faults are tried at the same time."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as made:
        copy = Path(made)
        for name in COPIED:
            source, target = CHECKOUT / name, copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        (copy / "node_modules").symlink_to(tools / "node_modules")
        stryker = copy / "node_modules/.bin/stryker"
        subprocess.run([stryker, "run", str(SETTINGS), "--concurrency", str(at_once)], cwd=copy, check=True)
        report: dict[str, Any] = json.loads((copy / REPORT).read_text("utf-8"))
        return report


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.mutants.javascript")
    parser.add_argument("tools", type=Path)
    parser.add_argument("--at-once", type=int, default=2)
    chosen = parser.parse_args(arguments)
    found = list(mutants(run(chosen.tools, chosen.at_once)))
    excused = excuses()
    left, stale = judged(found, excused)
    for mutant in left:
        print(f"Nobody notices: {mutant}")
    for mutant in stale:
        print(f"Needs no excuse any more: {mutant}")
    states = ", ".join(f"{number} {state}" for state, number in Counter(state for _, state in found).most_common())
    print(f"{len(found)} faults ({states}); {len(excused) - len(stale)} of them excused, {len(left)} left.")
    return 1 if left or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
