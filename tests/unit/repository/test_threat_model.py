"""Each promise of the threat model names the tests that hold it, and these tests exist."""

from __future__ import annotations

import ast
import re

from tests.lab.world import CHECKOUT

_TEXT = CHECKOUT.joinpath("docs/threat-model.md").read_text("utf-8")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_PROMISES = _TEXT.partition("\n## Promises\n")[2].partition("\n## ")[0]


def _rows() -> list[str]:
    """Those that promise something."""
    rows = [line for line in _PROMISES.splitlines() if line.startswith("| ")]
    return [row for row in rows if not row.startswith(("| promise |", "| --- |"))]


def _tests(file: str) -> set[str]:
    path = CHECKOUT / file
    tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_promise_names_tests() -> None:
    rows = _rows()
    assert len(rows) >= 25
    assert [row for row in rows if not _NAMED.search(row.split(" | ")[-1])] == []


def test_each_named_test_exists() -> None:
    named = _NAMED.findall(_TEXT)
    lost = [f"{file}::{name}" for file, name in named if not name.startswith("test_") or name not in _tests(file)]
    assert lost == []


def test_nothing_that_looks_like_a_test_is_passed_over() -> None:
    assert _TEXT.count("::test_") == len(_NAMED.findall(_TEXT))
