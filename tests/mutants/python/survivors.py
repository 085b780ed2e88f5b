"""What mutmut found, compared with what is excused."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from tests.mutants.python.parts import Part
from tests.mutants.python.sandbox import MUTMUT

EXCUSES = Path(__file__).parent.with_suffix(".json")
_NOTICED = ("killed", "timeout", "caught by type check", "segfault", "suspicious")


class Change(NamedTuple):
    """A change, told by its text: the lines before and after it."""

    function: str
    """``module:function`` or ``module:Class.method``."""
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.function}\n    {self.before}\n    becomes {self.after}"


class Outcome(NamedTuple):
    """Of one part."""

    tried: int
    noticed: int
    unnoticed: list[Change]


def outcome(place: Path) -> Outcome:
    """After a run in ``place``."""
    states = dict(_results(place))
    counts = Counter(states.values())
    return Outcome(
        len(states),
        sum(counts[state] for state in _NOTICED),
        [_change(place, name) for name, state in states.items() if state not in _NOTICED],
    )


def excuses() -> dict[Change, str]:
    """Changes that make no difference, and why that is so."""
    return {
        Change(f"{module}:{function}", before, after): group["why"]
        for module, groups in json.loads(EXCUSES.read_text("utf-8")).items()
        for group in groups
        for function, before, after in group["faults"]
    }


def judged(found: Iterable[Change], excused: Iterable[Change], part: Part) -> tuple[list[Change], list[Change]]:
    """Changes that nobody notices or excuses, and excuses of this part for which there is no such change."""
    found, known = list(found), set(excused)
    own = {change for change in known if any(fnmatch(_source(change), pattern) for pattern in part.sources)}
    return [change for change in found if change not in known], sorted(own.difference(found))


def function(name: str) -> str:
    """``cvmwebapi.vmcp.keys.xǁKeyǁread__mutmut_3``, as mutmut has it → ``cvmwebapi.vmcp.keys:Key.read``."""
    module, _, mangled = name.partition("__mutmut_")[0].rpartition(".")
    short = mangled[1:].strip("ǁ").replace("ǁ", ".") if "ǁ" in mangled else mangled[2:]
    return f"{module}:{short}"


def change(name: str, diff: str) -> Change:
    """A change from mutmut's name for it and its unified diff."""
    lines = [line for line in diff.splitlines() if line[:1] in ("+", "-") and line[:3] not in ("---", "+++")]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return Change(function(name), before, after)


def _results(place: Path) -> list[tuple[str, str]]:
    told = subprocess.run([*MUTMUT, "results", "--all", "true"], cwd=place, capture_output=True, text=True, check=True)
    rows = (line.strip().rpartition(": ") for line in told.stdout.splitlines() if ": " in line)
    return [(name, state) for name, _, state in rows]


def _change(place: Path, name: str) -> Change:
    told = subprocess.run([*MUTMUT, "show", name], cwd=place, capture_output=True, text=True, check=True).stdout
    return change(name, told)


def _source(change: Change) -> str:
    return change.function.partition(":")[0].removeprefix("cvmwebapi.").replace(".", "/") + ".py"
