from __future__ import annotations

import ast
from pathlib import Path

import cvmwebapi
import pytest
from cvmwebapi.errors import CVMError, table
from cvmwebapi.texts import english

PACKAGE = Path(cvmwebapi.__file__).parent


def raised() -> list[tuple[str, ast.Call]]:
    """Each place in the host where an error is made by its name."""
    found = []
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("CVMError", "_error")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.append((f"{file.relative_to(PACKAGE)}:{node.lineno}", node))
    return found


def parameters(key: str) -> list[str]:
    return english.parameters(english.table()[key])


@pytest.mark.parametrize("call", [pytest.param(call, id=place) for place, call in raised()])
def test_each_error_that_is_raised_is_in_the_table_with_the_parameters_of_its_texts(call: ast.Call) -> None:
    assert isinstance(call.args[0], ast.Constant)
    name = str(call.args[0].value)
    given = {keyword.arg for keyword in call.keywords}
    if None not in given:
        assert {*parameters(f"error_{name}"), *parameters(f"error_{name}_fix")} <= given
    assert name in table()


def test_every_text_is_a_sentence_that_says_what_to_do() -> None:
    for name, code in table().items():
        assert english.table()[f"error_{name}"] and english.table()[f"error_{name}_fix"].endswith("."), name
        assert code < 0, name


def test_an_unknown_name_and_a_missing_parameter_are_told_at_once() -> None:
    with pytest.raises(KeyError):
        CVMError("notInTheTable")
    with pytest.raises(KeyError, match="domain"):
        CVMError("refusedByUser")


def test_an_error_carries_its_texts_filled_in() -> None:
    error = CVMError("refusedByUser", domain="example.org")
    assert "example.org" in error.message and error.code == -10
    assert error.to_json()["params"] == {"domain": "example.org"}
