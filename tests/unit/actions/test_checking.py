"""Parameters that are not what the protocol's table says are refused by name, before any action sees them."""

from __future__ import annotations

from typing import Any

import pytest
from cvmwebapi.actions import checking
from cvmwebapi.errors import CVMError

SESSION = {"session": "s1"}


def refused(action: str, **params: object) -> tuple[object, object]:
    with pytest.raises(CVMError) as caught:
        checking.check(action, params)
    assert caught.value.name == "badValue"
    return caught.value.params["name"], caught.value.params["detail"]


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("requestSession", {"url": "x" * 4096}),
        ("stop", {**SESSION, "what a newer version": "may send"}),
        ("start", SESSION),
        ("start", {**SESSION, "values": None}),
        ("start", {**SESSION, "values": {"a": "x" * 65536, "b": 1, "c": 1.5, "d": True}}),
        ("setSetting", {**SESSION, "name": "flags", "value": 9}),
        ("setSetting", {**SESSION, "name": "flags", "value": True}),
        ("fetch", {**SESSION, "path": "/"}),
        ("fetch", {**SESSION, "path": "/", "headers": [["a", "b"]], "length": -1, "timeout": 600, "method": "PUT"}),
        ("fetchMore", {"request": "1", "bytes": 0}),
        ("screenKeys", {**SESSION, "codes": [0, 255]}),
        ("screenRemote", SESSION),
        ("screenRemote", {**SESSION, "on": None}),
        ("setSettings", {"values": {}}),
        ("setSettings", {"values": {"max_cpus": None, "on_browser_close": "keep"}}),
        ("answerQuestion", {"question": "q1", "yes": False}),
        ("listSessions", {}),
    ],
)
def test_what_the_table_says_passes(action: str, params: dict[str, Any]) -> None:
    checking.check(action, params)


@pytest.mark.parametrize(
    ("action", "params", "name", "detail"),
    [
        ("requestSession", {}, "url", "it is missing"),
        ("requestSession", {"url": None}, "url", "it must be a text"),
        ("requestSession", {"url": "x" * 4097}, "url", "it is longer than 4096 characters"),
        ("start", {**SESSION, "values": []}, "values", "it must be an object or null"),
        (
            "start",
            {**SESSION, "values": {str(key): 1 for key in range(65)}},
            "values",
            "it must have at most 64 members",
        ),
        ("start", {**SESSION, "values": {"a": []}}, "values.a", "it must be a text or a number or true or false"),
        ("start", {**SESSION, "values": {"a": "x" * 65537}}, "values.a", "it is longer than 65536 characters"),
        ("setSetting", {**SESSION, "name": "a", "value": 10**4096}, "value", "it is longer than 4096 characters"),
        (
            "setSetting",
            {**SESSION, "name": "a", "value": 1.5},
            "value",
            "it must be a text or a whole number",
        ),
        ("fetch", {**SESSION, "path": "/", "method": "CONNECT"}, "method", "it must be one of GET, HEAD"),
        ("fetch", {**SESSION, "path": "/", "method": []}, "method", "it must be a text"),
        ("fetch", {**SESSION, "path": "/", "headers": [["a"]]}, "headers", "it must have 2 items"),
        ("fetch", {**SESSION, "path": "/", "headers": [["a", 1]]}, "headers", "it must be a text"),
        ("fetch", {**SESSION, "path": "/", "headers": [["a", "b"]] * 101}, "headers", "it must have 0 to 100 items"),
        ("fetch", {**SESSION, "path": "/", "length": -2}, "length", "it must be -1 or more"),
        ("fetch", {**SESSION, "path": "/", "length": True}, "length", "it must be a whole number"),
        ("fetch", {**SESSION, "path": "/", "timeout": 0}, "timeout", "it must be from 0.001 to 600"),
        ("fetch", {**SESSION, "path": "/", "timeout": float("nan")}, "timeout", "it must be from 0.001 to 600"),
        ("fetch", {**SESSION, "path": "/", "timeout": 601}, "timeout", "it must be from 0.001 to 600"),
        ("fetchMore", {"request": "1", "bytes": "1"}, "bytes", "it must be a whole number"),
        ("screenKeys", {**SESSION, "codes": []}, "codes", "it must have 1 to 128 items"),
        ("screenKeys", {**SESSION, "codes": [1] * 129}, "codes", "it must have 1 to 128 items"),
        ("screenKeys", {**SESSION, "codes": [256]}, "codes", "it must be from 0 to 255"),
        ("screenKeys", {**SESSION, "codes": [True]}, "codes", "it must be a whole number"),
        ("screenRemote", {**SESSION, "on": "--vrde"}, "on", "it must be true or false or null"),
        ("controlSession", {**SESSION, "verb": "--help"}, "verb", "it must be one of start"),
        ("setSettings", {"values": {"keystores": []}}, "values", "it must have no members but max_cpus"),
        ("setSite", {"domain": "x", "decision": "maybe"}, "decision", "it must be one of nothing, never, always"),
        ("answerQuestion", {"question": "q1", "yes": 1}, "yes", "it must be true or false"),
        ("answerQuestion", {"question": "q1", "yes": True, "resources": []}, "resources", "it must be an object"),
    ],
)
def test_what_it_does_not_say_is_refused_by_name(action: str, params: dict[str, Any], name: str, detail: str) -> None:
    told, why = refused(action, **params)
    assert told == name and str(why).startswith(detail)


def test_a_name_that_is_the_pages_own_is_cut() -> None:
    name, _ = refused("start", **SESSION, values={"x" * 1000: []})
    assert name == "values." + "x" * 73


def test_one_of_several_shapes_is_enough() -> None:
    rule = {"anyOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "null"}]}
    assert checking.fault_of(None, rule, "it") is None and checking.fault_of({"a": 1}, rule, "it") is None
    assert checking.fault_of({"a": "x"}, rule, "it") == ("it.a", "it must be a whole number")
