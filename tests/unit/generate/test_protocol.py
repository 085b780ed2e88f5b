"""The protocol's table is whole, and what is made of it says the same everywhere."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest
from cvmwebapi import protocol, states
from cvmwebapi.protocol.parameters import PARAMETERS

from installer.generate import regions
from installer.generate.protocol import declarations, host_modules, scripts, table
from installer.generate.protocol.table import Action
from installer.sources import CHECKOUT

NAMES = {action.name: action for action in table.actions()}


def test_each_action_of_the_host_has_its_module_and_each_module_its_action() -> None:
    modules = {action.module for action in table.actions() if action.module}
    assert all(find_spec(f"cvmwebapi.actions.{module}") for module in modules)
    files = {file.stem for file in (CHECKOUT / "host/cvmwebapi/actions").glob("*.py")}
    assert files - modules <= {"__init__", "interface", "checking"}


def test_nobody_but_its_caller_may_ask_for_an_action() -> None:
    kinds = {name: kind for name, (_, kind) in protocol.ACTIONS.items()}
    of_pages = {name for name, kind in kinds.items() if kind == "page"}
    constants = scripts.constants()
    allowed = {*constants["OPENING"], *constants["ABOUT_SESSION"]}
    assert of_pages == allowed - {"openRDPWindow"}
    assert not {*allowed, *constants["NOTES"]} & {*constants["NOT_FOR_PAGES"], *constants["OF_WINDOWS"]}
    assert {name for name, kind in kinds.items() if kind == "extension"} == set(constants["OF_WINDOWS"])
    assert not set(protocol.OWN) & {*constants["OF_WINDOWS"], *protocol.NOTES, *kinds}


def test_an_action_about_something_names_it() -> None:
    for action in table.actions():
        if action.about:
            assert next(iter(action.params)) == action.about
    assert PARAMETERS["stop"] == {"session": {"type": "string", "maxLength": 64}}


def test_every_text_and_list_that_a_page_sends_has_a_limit() -> None:
    for action in table.actions():
        if action.by != "page" or action.is_note or action.answered_by == "relay":
            continue
        for name, schema in action.params.items():
            _limited(table.inlined(schema), f"{action.name}.{name}")


def _limited(schema: table.Schema, where: str) -> None:
    limits = {"string": ("maxLength", "enum"), "array": ("maxItems",), "object": ("maxProperties",)}
    for kind in table.types(schema):
        assert kind not in limits or any(limit in schema for limit in limits[kind]), where
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        # Of a header, exchange and wish limit the sum.
        if isinstance(inner, dict) and where != "fetch.headers":
            _limited(inner, where)


def test_a_caller_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "table", lambda: {"actions": {"fly": {"by": "bird", "what": "Flies."}}})
    with pytest.raises(ValueError, match="bird"):
        table.actions()


def test_a_word_that_the_table_does_not_know_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "table", lambda: {"actions": {"fly": {"by": "page", "what": "Flies.", "opnes": True}}})
    with pytest.raises(TypeError, match="opnes"):
        table.actions()


def test_a_shape_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        table.inlined({"$ref": "#/shapes/Nothing"})


@pytest.mark.parametrize(
    ("schema", "python", "typescript"),
    [
        ({"type": "string", "maxLength": 9}, "str", "string"),
        ({"type": ["integer", "null"]}, "int | None", "number | null"),
        ({"type": "string", "enum": ["a", "b"]}, "str", '"a" | "b"'),
        ({"type": "array", "items": {"type": ["string", "integer"]}}, "list[str | int]", "(string | number)[]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "dict[str, bool]", "Record<string, boolean>"),
        ({"$ref": "#/shapes/ErrorData"}, "ErrorData", "ErrorData"),
        ({"$ref": "#/shapes/Header"}, "list[str]", "Header"),
        ({"anyOf": [{"$ref": "#/shapes/ErrorData"}, {"type": "null"}]}, "ErrorData | None", "ErrorData | null"),
    ],
)
def test_a_shape_is_the_same_in_both_languages(schema: table.Schema, python: str, typescript: str) -> None:
    assert (host_modules.python_type(schema), declarations.typescript(schema)) == (python, typescript)


def test_states_and_verbs_are_those_of_the_table() -> None:
    assert {state.name.lower(): int(state) for state in states.State} == scripts.constants()["STATES"]
    for name, row in table.states().items():
        for verb in row["verbs"]:
            assert states.VERBS[verb] is not states.State[name.upper()], f"{verb} leads nowhere from {name}"


def test_most_calls_resolve_with_the_session() -> None:
    assert declarations.method_of(Action("nap", "page", "Naps.", about="session")) == "nap(): Promise<Session>"
    assert declarations.method_of(NAMES["getSetting"]).startswith("getAsync(name: string")


def test_a_part_of_a_file_is_replaced_and_nothing_else() -> None:
    text = "a\n  // generated: x\nold\n  // end: x\nb\n"
    made = regions.replaced(CHECKOUT / "x", "x", "new\n", ("// ", ""), text)
    assert made == b"a\n  // generated: x\nnew\n  // end: x\nb\n"
    with pytest.raises(ValueError, match=re.escape("// generated: y")):
        regions.replaced(CHECKOUT / "x", "y", "new\n", ("// ", ""), text)
