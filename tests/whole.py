"""All suites but the quick ones (`make check`) and the benchmarks, for `make test`.

Most tests wait for a browser or a machine to start, so three groups of them run side by side, on two cores, too: see
`side_by_side`. Real browsers and machines share a computer with whatever else happens there: when tests of no more
than three files have failed (those of a file share one world) they get a second try, alone, and the end of the output
says so.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
_FAILED = CHECKOUT / ".pytest_cache" / "v" / "cache" / "lastfailed"
_WORKERS = os.environ.get("CERNVM_WEBAPI_TEST_WORKERS", "3")
_MOST_FILES = 3
_SUITES = ["tests", "--ignore=tests/benchmarks", "--ignore=tests/unit"]


def main() -> int:
    """The exit code for the shell."""
    code = _run(*_SUITES, "--cache-clear", "-n", _WORKERS, "--dist", "loadscope", "--no-loadscope-reorder")
    if code == pytest.ExitCode.OK:
        return 0
    failed = sorted(json.loads(_FAILED.read_text("utf-8"))) if _FAILED.exists() else []
    files = {name.partition("::")[0] for name in failed}
    if code != pytest.ExitCode.TESTS_FAILED or not 1 <= len(files) <= _MOST_FILES:
        return 1
    print(f"\nA second try for {len(failed)} of the tests:", *failed, sep="\n  ", flush=True)
    if _run("tests", "--last-failed", "--last-failed-no-failures", "none"):
        return 1
    print("\nPassed only at the second try:", *failed, sep="\n  ")
    return 0


def _run(*arguments: str) -> int:
    # A process of its own each time: modules keep what they have found out about the computer.
    return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-m", "pytest", "-v", *arguments])


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    sys.exit(main())
