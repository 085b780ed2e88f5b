from __future__ import annotations

import time
from typing import Any

import pytest
from cvmwebapi.texts.phrase import Phrase, detail
from cvmwebapi.vmcp.strict_json import MAX_DEPTH, BadJson, parse_object
from hypothesis import given
from hypothesis import strategies as st


def test_an_object_is_read() -> None:
    assert parse_object(b'\xef\xbb\xbf {"a": 1, "b": "\xc3\xa9", "c": [{}]} ') == {"a": 1, "b": "é", "c": [{}]}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Expecting value"),
        (b"null", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'"a"', "not a JSON object"),
        (b"<html>", "Expecting value"),
        (b'{"a": 1} {}', "Extra data"),
        (b'{"a": 1,}', "column"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": {"b": 1, "b": 1}}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 123456789012345678901}', "digits"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "' + b"\n" + b'"}', "column"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b'{"a":' * MAX_DEPTH + b"[]" + b"}" * MAX_DEPTH, "deep"),
        (b'{"a":' * 100_000, "deep|column"),
        (b"[" * 500_000 + b"]" * 500_000, "deep"),
    ],
)
def test_everything_else_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadJson, match=reason):
        parse_object(data)


@pytest.mark.parametrize(
    ("data", "phrase"),
    [
        (b"[]", detail("notObject")),
        (b"\xff", detail("notUtf8")),
        (b"{}{}", detail("notJson", words="Extra data: line 1 column 3 (char 2)")),
        (b'{"a": NaN}', detail("notNumber", value="NaN")),
        (b'{"a": 123456789012345678901}', detail("digits", digits=21)),
        ('{"b": 1, "é": 1, "é": 1}'.encode(), detail("keyTwice", key="“\\xe9”")),
        (b'{"%b": 1, "%b": 1}' % (b"k" * 41, b"k" * 41), detail("keyTwice", key="“" + "k" * 40 + "”")),
        (b'{"a":' * 17 + b"0" + b"}" * 17, detail("tooDeep", limit=16)),
        (b"[" * 500_000 + b"]" * 500_000, detail("tooDeep", limit=16)),
    ],
    ids=["list", "bytes", "two", "NaN", "digits", "key twice", "long key twice", "deep", "far too deep"],
)
def test_errors_say_what_is_wrong(data: bytes, phrase: Phrase) -> None:
    with pytest.raises(BadJson) as refused:
        parse_object(data)
    assert refused.value.phrase == phrase


def test_limits_themselves_are_allowed() -> None:
    assert parse_object(b'{"a": 12345678901234567890}') == {"a": 12345678901234567890}
    for opened, closed in ((b'{"a":', b"}"), (b"[", b"]")):
        parse_object(b'{"a":' + opened * 15 + b"0" + closed * 15 + b"}")
        with pytest.raises(BadJson, match="deep"):
            parse_object(b'{"a":' + opened * 16 + b"0" + closed * 16 + b"}")


def test_a_hostile_megabyte_costs_little() -> None:
    started = time.process_time()
    for data in (b'{"a":' + b"9" * 1_000_000 + b"}", b"[" * 1_000_000, b"{" + b'"a":[],' * 130_000 + b'"b":0}'):
        with pytest.raises(BadJson):
            parse_object(data)
    assert time.process_time() - started < 2


@given(st.binary(max_size=60) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        result: Any = parse_object(data)
    except BadJson:
        return
    assert isinstance(result, dict)
