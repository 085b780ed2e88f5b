"""Parameters that are not what the protocol's table says are refused by name, before any action sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cvmwebapi.actions import checking
from cvmwebapi.errors import CVMError
from cvmwebapi.protocol.parameters import PARAMETERS

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
    ("action", "params", "name", "words"),
    [
        ("requestSession", {}, "url", "it must be a text of at most 4096 characters"),
        ("requestSession", {"url": None}, "url", "it must be a text"),
        ("requestSession", {"url": "x" * 4097}, "url", "it must be a text of at most 4096 characters"),
        ("start", {**SESSION, "values": []}, "values", "it must be an object of at most 64 values"),
        (
            "start",
            {**SESSION, "values": {str(key): 1 for key in range(65)}},
            "values",
            "it must be an object of at most",
        ),
        ("start", {**SESSION, "values": {"a": []}}, "values.a", "it must be a number, or a text of at most 65536"),
        (
            "start",
            {**SESSION, "values": {"a": "x" * 65537}},
            "values.a",
            "it must be a number, or a text of at most 65536",
        ),
        (
            "setSetting",
            {**SESSION, "name": "a", "value": 10**4096},
            "value",
            "it must be a number, or a text of at most",
        ),
        (
            "setSetting",
            {**SESSION, "name": "a", "value": 1.5},
            "value",
            "it must be a number, or a text of at most 4096",
        ),
        ("fetch", {**SESSION, "path": "/", "method": "CONNECT"}, "method", "it must be one of these: GET, HEAD"),
        ("fetch", {**SESSION, "path": "/", "method": []}, "method", "it must be one of these: GET, HEAD"),
        ("fetch", {**SESSION, "path": "/", "headers": [["a"]]}, "headers", "it must be a list of at most 100 pairs"),
        ("fetch", {**SESSION, "path": "/", "headers": [["a", 1]]}, "headers", "it must be a list of at most 100 pairs"),
        (
            "fetch",
            {**SESSION, "path": "/", "headers": [["a", "b"]] * 101},
            "headers",
            "it must be a list of at most 100",
        ),
        ("fetch", {**SESSION, "path": "/", "length": -2}, "length", "it must be a whole number from -1 to"),
        ("fetch", {**SESSION, "path": "/", "length": True}, "length", "it must be a whole number from -1 to"),
        ("fetch", {**SESSION, "path": "/", "timeout": 0}, "timeout", "it must be a number from 0.001 to 600"),
        (
            "fetch",
            {**SESSION, "path": "/", "timeout": float("nan")},
            "timeout",
            "it must be a number from 0.001 to 600",
        ),
        ("fetch", {**SESSION, "path": "/", "timeout": 601}, "timeout", "it must be a number from 0.001 to 600"),
        ("fetchMore", {"request": "1", "bytes": "1"}, "bytes", "it must be a whole number from 0 to"),
        ("screenKeys", {**SESSION, "codes": []}, "codes", "it must be a list of 1 to 128 numbers from 0 to 255"),
        ("screenKeys", {**SESSION, "codes": [1] * 129}, "codes", "it must be a list of 1 to 128 numbers"),
        ("screenKeys", {**SESSION, "codes": [256]}, "codes", "it must be a list of 1 to 128 numbers"),
        ("screenKeys", {**SESSION, "codes": [True]}, "codes", "it must be a list of 1 to 128 numbers"),
        ("screenRemote", {**SESSION, "on": "--vrde"}, "on", "it must be one of these: true, false, null"),
        ("controlSession", {**SESSION, "verb": "--help"}, "verb", "it must be one of these: start"),
        (
            "setSettings",
            {"values": {"keystores": []}},
            "values",
            "it must be an object that holds nothing but max_cpus",
        ),
        ("setSite", {"domain": "x", "decision": "maybe"}, "decision", 'it must be one of these: "", never, always'),
        ("answerQuestion", {"question": "q1", "yes": 1}, "yes", "it must be one of these: true, false"),
        ("answerQuestion", {"question": "q1", "yes": True, "resources": []}, "resources", "it must be an object of at"),
    ],
)
def test_what_it_does_not_say_is_refused_by_name(action: str, params: dict[str, Any], name: str, words: str) -> None:
    told, why = refused(action, **params)
    assert told == name and str(why).startswith(words)


def _rules(rule: checking.Rule) -> Iterator[checking.Rule]:
    yield rule
    inner = [*rule.get("properties", {}).values(), rule.get("additionalProperties")]
    for one in inner:
        if isinstance(one, dict):
            yield from _rules(one)


def test_every_rule_can_be_said() -> None:
    for members in PARAMETERS.values():
        for rule in members.values():
            for one in _rules(rule):
                assert str(checking.must_be(one))


def test_a_name_that_is_the_pages_own_is_cut() -> None:
    name, _ = refused("start", **SESSION, values={"x" * 1000: []})
    assert name == "values." + "x" * 73


def test_one_of_several_shapes_is_enough() -> None:
    rule = {"anyOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "null"}]}
    assert checking.fault_of(None, rule, "it") is None and checking.fault_of({"a": 1}, rule, "it") is None
    assert checking.fault_of({"a": "x"}, rule, "it") == ("it.a", {"type": "integer"})
