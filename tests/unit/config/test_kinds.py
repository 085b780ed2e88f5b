"""What values a setting takes, at and beyond each limit, and what is said of others."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from cvmwebapi.config import kinds
from cvmwebapi.config.kinds import ADDRESS, BOOLEAN, ORIGINS, SITE, SITES, TEXT, Kind
from cvmwebapi.texts.phrase import Fault, Phrase, detail


class Pair(NamedTuple):
    site: str
    cpus: int = 7


NUMBER = kinds.whole_number(2, 5)
WORD = kinds.one_of("keep", "save")
PAIRS = kinds.objects_of(Pair, {"site": SITE, "cpus": NUMBER}, ("site",))


@pytest.mark.parametrize(
    ("kind", "value", "used"),
    [
        (BOOLEAN, True, True),
        (BOOLEAN, False, False),
        (TEXT, "", ""),
        (TEXT, "x" * 8192, "x" * 8192),
        (ADDRESS, "http://a.org/x/", "http://a.org/x"),
        (ADDRESS, "https://a.org", "https://a.org"),
        (NUMBER, 2, 2),
        (NUMBER, 5, 5),
        (WORD, "keep", "keep"),
        (WORD, "save", "save"),
        (SITE, "A.org", "a.org"),
        (SITES, [], ()),
        (SITES, ("a.org",), ("a.org",)),
        (SITES, ["B.org", "a.org", "b.org"], ("b.org", "a.org")),
        (SITES, ["a.org"] * 1000, ("a.org",)),
        (ORIGINS, ["https://A.org:443"], ("https://a.org",)),
        (PAIRS, [{"site": "a.org"}, {"site": "a.org", "cpus": 3}], (Pair("a.org"), Pair("a.org", 3))),
    ],
)
def test_values_are_taken_in_one_form(kind: Kind, value: Any, used: Any) -> None:
    taken = kind.check(value)
    assert taken == used and type(taken) is type(used)


MEMBERS = detail("objectMembers", required="site", allowed="site, cpus")


@pytest.mark.parametrize(
    ("kind", "value", "phrase"),
    [
        (BOOLEAN, 1, detail("oneOf", values="true, false")),
        (TEXT, 5, detail("text", limit=8192)),
        (TEXT, "x" * 8193, detail("text", limit=8192)),
        (TEXT, "a\0b", detail("text", limit=8192)),
        (ADDRESS, "ftp://a.org", detail("webAddress")),
        (ADDRESS, "https://a.org/a b", detail("webAddress")),
        (ADDRESS, "https://a.org/\n", detail("webAddress")),
        (ADDRESS, " https://a.org", detail("webAddress")),
        (ADDRESS, 5, detail("text", limit=8192)),
        (NUMBER, 1, detail("numberRange", low=2, high=5)),
        (NUMBER, 6, detail("numberRange", low=2, high=5)),
        (NUMBER, 3.0, detail("numberRange", low=2, high=5)),
        (NUMBER, "3", detail("numberRange", low=2, high=5)),
        (kinds.whole_number(0, 1), True, detail("numberRange", low=0, high=1)),
        (WORD, "drop", detail("oneOf", values="keep, save")),
        (SITE, 5, detail("text", limit=8192)),
        (SITES, "a.org", detail("list", limit=1000)),
        (SITES, ["a.org"] * 1001, detail("list", limit=1000)),
        (SITES, [5], detail("text", limit=8192)),
        (ORIGINS, [5], detail("text", limit=8192)),
        (ORIGINS, ["a.org"], detail("notOrigin", text="'a.org'")),
        (PAIRS, ["a.org"], MEMBERS),
        (PAIRS, [{}], MEMBERS),
        (PAIRS, [{"cpus": 3}], MEMBERS),
        (PAIRS, [{"site": "a.org", "more": 3}], MEMBERS),
        (PAIRS, [{"site": "a.org", "cpus": 9}],
         detail("about", name="cpus", reason=detail("numberRange", low=2, high=5))),
    ],
)  # fmt: skip
def test_others_are_refused_with_what_they_must_be(kind: Kind, value: Any, phrase: Phrase) -> None:
    with pytest.raises(Fault) as refused:
        kind.check(value)
    assert refused.value.phrase == phrase


def test_each_kind_has_its_schema() -> None:
    text = {"type": "string"}
    number = {"type": "integer", "minimum": 2, "maximum": 5}
    pair = {"type": "object", "properties": {"site": text, "cpus": number}, "required": ["site"]}
    assert [kind.schema for kind in (BOOLEAN, TEXT, ADDRESS, SITE)] == [{"type": "boolean"}, text, text, text]
    assert (NUMBER.schema, WORD.schema) == (number, {"type": "string", "enum": ["keep", "save"]})
    assert SITES.schema == ORIGINS.schema == {"type": "array", "items": text}
    assert PAIRS.schema == {"type": "array", "items": pair}


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        (BOOLEAN, 0, False),
        (BOOLEAN, 1, True),
        (NUMBER, "3", 3),
        (NUMBER, 3, 3),
        (SITES, '["a.org"]', ["a.org"]),
        (SITES, ["a.org"], ["a.org"]),
        # What can't be meant stays as it is, and the kind refuses it.
        (BOOLEAN, 2, 2),
        (BOOLEAN, "1", "1"),
        (NUMBER, "-3", "-3"),
        (NUMBER, "many", "many"),
        (TEXT, "3", "3"),
        (TEXT, 1, 1),
    ],
)
def test_the_registry_of_windows_says_it_in_its_own_way(kind: Kind, value: Any, meant: Any) -> None:
    read = kinds.from_text(kind, value)
    assert read == meant and type(read) is type(meant)


def test_a_list_in_the_registry_is_json() -> None:
    with pytest.raises(Fault) as refused:
        kinds.from_text(SITES, "[")
    assert refused.value.phrase == detail("jsonList")


def test_which_of_two_is_the_stricter() -> None:
    assert [kinds.both(one, other) for one in (True, False) for other in (True, False)] == [True, False, False, False]
    caps = [(2, 3), (3, 2), (0, 3), (2, 0), (0, 0)]
    assert [kinds.lower_cap(one, other) for one, other in caps] == [2, 2, 3, 2, 0]
    assert kinds.either(("a", "b"), ("b", "c")) == ("a", "b", "c")
    assert kinds.only_common(("*.a.org",), ("b.a.org", "c.org")) == ("b.a.org",)


def test_a_policy_leaves_no_choice_where_its_word_stands_or_forbids() -> None:
    without_order, ordered = kinds.Rule(BOOLEAN, None), kinds.Rule(BOOLEAN, kinds.both)
    assert without_order.locks(True) and without_order.locks(False)
    assert ordered.locks(False) and not ordered.locks(True)
    assert not kinds.Rule(NUMBER, min).locks(0)
