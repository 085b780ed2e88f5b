"""A failed test leaves nothing to the next: pytest itself, run over tests that share things and fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
_CONFTEST = "from tests.fresh_after_failure import pytest_runtest_makereport, pytest_runtest_teardown\n"
_TESTS = """
import pytest
made = {"session": 0, "module": 0}

@pytest.fixture(scope="session")
def lasting():
    made["session"] += 1
    yield made["session"]

@pytest.fixture(scope="module")
def shared():
    made["module"] += 1
    yield made["module"]
    print(f"world {made['module']} ended")

@pytest.fixture(scope="module")
def above(shared):
    if made["module"] == 2:
        raise OSError("the browser did not start")
    return shared

def test_one(above): assert above == 1
def test_two(above): assert above == 1; assert False, "a real fault"
def test_three(above): raise AssertionError("never reached")
def test_four(above, lasting): assert (above, lasting) == (3, 1)
def test_five(above, lasting): assert (above, lasting) == (3, 1); assert False
def test_six(above, lasting): assert (above, lasting) == (4, 1)
def test_seven(above): assert above == 4
"""


def test_the_next_test_gets_new_things(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "test_it.py").write_text(_TESTS)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = {line.split()[1].partition("::")[2]: line.split()[0] for line in ran.stdout.splitlines() if "::" in line}
    assert told == {
        "test_one": "PASSED", "test_two": "FAILED", "test_three": "ERROR", "test_four": "PASSED",
        "test_five": "FAILED", "test_six": "PASSED", "test_seven": "PASSED",
    }, ran.stdout  # fmt: skip
    assert "world 1 ended" in ran.stdout and "world 3 ended" in ran.stdout
