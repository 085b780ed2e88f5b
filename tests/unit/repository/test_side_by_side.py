"""How tests are spread over workers: pytest-xdist itself, run over tests that say where and when they were."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.side_by_side import group

CHECKOUT = Path(__file__).parents[3]
_CONFTEST = """
from tests.side_by_side import pytest_collection_modifyitems, pytest_xdist_make_scheduler
"""
_TESTS = """
import os, pytest, time

@pytest.fixture(autouse=True)
def told(request):
    with open("told", "a") as file:
        file.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.nodeid}\\n")
    time.sleep(0.02)
"""
_SHORT = (
    _TESTS
    + """
@pytest.mark.parametrize("number", range(9))
def test_short(number): ...
"""
)
_LONG = (
    _TESTS
    + """
@pytest.mark.parametrize("name", ["chromium", "firefox"])
@pytest.mark.parametrize("number", range(3))
@pytest.mark.virtualbox
def test_long(name, number): ...
"""
)


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("tests/a.py::test_it", "tests/a.py"),
        ("tests/a.py::test_it[one-2]", "tests/a.py"),
        ("tests/a.py::test_it[firefox]", "tests/a.py[firefox]"),
        ("tests/a.py::test_it[2-chromium-x::y]", "tests/a.py[chromium]"),
        ("tests/a.py::test_it[chromium-look]", "tests/a.py[chromium]"),
        ("tests/a.py::test_chromium[one]", "tests/a.py"),
    ],
)
def test_tests_of_one_file_and_browser_are_a_group(node: str, name: str) -> None:
    assert group(node) == name


def test_groups_stay_together_and_long_ones_come_first(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = virtualbox\n")
    for name, content in (("test_a", _SHORT), ("test_b", _SHORT), ("test_c", _LONG), ("test_d", _LONG)):
        (tmp_path / f"{name}.py").write_text(content)
    options = ["-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = [line.split(" ", 1) for line in (tmp_path / "told").read_text().splitlines()]
    where: dict[str, set[str]] = {}
    for worker, node in told:
        where.setdefault(group(node), set()).add(worker)
    long = {f"test_{file}.py[{browser}]" for file in "cd" for browser in ("chromium", "firefox")}
    assert all(len(workers) == 1 for workers in where.values()), where
    assert set(where) == {*long, "test_a.py", "test_b.py"}
    for worker in ("gw0", "gw1"):
        # One may begin before the other: the order holds within each.
        lengths = [group(node) in long for by, node in told if by == worker]
        assert lengths == sorted(lengths, reverse=True), told
    assert len(told) == 30 and {worker for worker, _ in told} == {"gw0", "gw1"}
