"""What mutmut found, compared with what is excused."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from tests.mutants.python.parts import Part
from tests.mutants.python.sandbox import MUTMUT

EXCUSES = Path(__file__).parent.with_suffix(".json")
_NOTICED = ("killed", "timeout", "caught by type check", "segfault", "suspicious")


class Change(NamedTuple):
    """One change that no test noticed: the lines before and after it."""

    function: str
    before: str
    after: str


class Outcome(NamedTuple):
    """Of one part. ``excused`` and ``left`` are what no test noticed."""

    tried: int
    noticed: int
    excused: list[Change]
    left: list[Change]
    stale: list[Change]
    """Excuses of this part that nothing needs any more."""


def excuses() -> dict[Change, str]:
    """The reason for each."""
    return {
        Change(f"{module}:{function}", before, after): group["why"]
        for module, groups in json.loads(EXCUSES.read_text("utf-8")).items()
        for group in groups
        for function, before, after in group["faults"]
    }


def outcome(place: Path, part: Part) -> Outcome:
    """After a run in ``place``."""
    states = dict(_results(place))
    survived = [_change(place, name) for name, state in states.items() if state not in _NOTICED]
    known = excuses()
    own = [change for change in known if any(fnmatch(_source(change), pattern) for pattern in part.sources)]
    counts = Counter(states.values())
    return Outcome(
        sum(counts.values()),
        sum(counts[state] for state in _NOTICED),
        [change for change in survived if change in known],
        [change for change in survived if change not in known],
        [change for change in own if change not in survived],
    )


def _results(place: Path) -> list[tuple[str, str]]:
    told = subprocess.run([*MUTMUT, "results", "--all", "true"], cwd=place, capture_output=True, text=True, check=True)
    rows = (line.strip().rpartition(": ") for line in told.stdout.splitlines() if ": " in line)
    return [(name, state) for name, _, state in rows]


def _change(place: Path, name: str) -> Change:
    told = subprocess.run([*MUTMUT, "show", name], cwd=place, capture_output=True, text=True, check=True).stdout
    lines = [line for line in told.splitlines() if line[:1] in "+-" and line[:3] not in ("---", "+++")]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return Change(_function(name), before, after)


def _source(change: Change) -> str:
    return change.function.partition(":")[0].removeprefix("cvmwebapi.").replace(".", "/") + ".py"


def _function(name: str) -> str:
    """``cvmwebapi.vmcp.keys.xǁKeyǁread__mutmut_3`` → ``cvmwebapi.vmcp.keys:Key.read``."""
    module, _, mangled = name.partition("__mutmut_")[0].rpartition(".")
    short = mangled[1:].strip("ǁ").replace("ǁ", ".") if "ǁ" in mangled else mangled[2:]
    return f"{module}:{short}"
