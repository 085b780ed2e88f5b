"""What values a setting takes, at and beyond each limit, and what is said of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import pytest
from cvmwebapi.config import kinds
from cvmwebapi.config.kinds import ADDRESS, BOOLEAN, ORIGINS, SITE, SITES, TEXT, Kind
from cvmwebapi.texts.phrase import Fault, Phrase, detail


class Pair(NamedTuple):
    site: str
    cpus: int = 7


# Made anew for each test: what is made while modules are imported would be no test of how it is made.


def number() -> Kind:
    return kinds.whole_number(2, 5)


def word() -> Kind:
    return kinds.one_of("keep", "save")


def sites() -> Kind:
    return kinds.list_of(SITE)


def pairs() -> Kind:
    return kinds.objects_of(Pair, {"site": SITE, "cpus": number()}, ("site",))


def made(kind: Kind | Callable[[], Kind]) -> Kind:
    return kind if isinstance(kind, Kind) else kind()


@pytest.mark.parametrize(
    ("kind", "value", "used"),
    [
        (BOOLEAN, True, True),
        (BOOLEAN, False, False),
        (TEXT, "", ""),
        (TEXT, "x" * 8192, "x" * 8192),
        (ADDRESS, "http://a.org/x/", "http://a.org/x"),
        (ADDRESS, "https://a.org", "https://a.org"),
        (ADDRESS, "https://a.org/X//", "https://a.org/X"),
        (number, 2, 2),
        (number, 5, 5),
        (word, "keep", "keep"),
        (word, "save", "save"),
        (SITE, "A.org", "a.org"),
        (sites, [], ()),
        (sites, ("a.org",), ("a.org",)),
        (sites, ["B.org", "a.org", "b.org"], ("b.org", "a.org")),
        (sites, ["a.org"] * 1000, ("a.org",)),
        (ORIGINS, ["https://A.org:443"], ("https://a.org",)),
        (pairs, [{"site": "a.org"}, {"site": "a.org", "cpus": 3}], (Pair("a.org"), Pair("a.org", 3))),
    ],
)
def test_values_are_taken_in_one_form(kind: Kind | Callable[[], Kind], value: Any, used: Any) -> None:
    taken = made(kind).check(value)
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
        (number, 1, detail("numberRange", low=2, high=5)),
        (number, 6, detail("numberRange", low=2, high=5)),
        (number, 3.0, detail("numberRange", low=2, high=5)),
        (number, "3", detail("numberRange", low=2, high=5)),
        (lambda: kinds.whole_number(0, 1), True, detail("numberRange", low=0, high=1)),
        (word, "drop", detail("oneOf", values="keep, save")),
        (SITE, 5, detail("text", limit=8192)),
        (sites, "a.org", detail("list", limit=1000)),
        (sites, ["a.org"] * 1001, detail("list", limit=1000)),
        (sites, [5], detail("text", limit=8192)),
        (ORIGINS, [5], detail("text", limit=8192)),
        (ORIGINS, ["a.org"], detail("notOrigin", text="'a.org'")),
        (pairs, ["a.org"], MEMBERS),
        (pairs, [{}], MEMBERS),
        (pairs, [{"cpus": 3}], MEMBERS),
        (pairs, [{"site": "a.org", "more": 3}], MEMBERS),
        (pairs, [{"site": "a.org", "cpus": 9}],
         detail("about", name="cpus", reason=detail("numberRange", low=2, high=5))),
    ],
)  # fmt: skip
def test_others_are_refused_with_what_they_must_be(kind: Kind | Callable[[], Kind], value: Any, phrase: Phrase) -> None:
    with pytest.raises(Fault) as refused:
        made(kind).check(value)
    assert refused.value.phrase == phrase


def test_each_kind_has_its_schema() -> None:
    text = {"type": "string"}
    whole = {"type": "integer", "minimum": 2, "maximum": 5}
    pair = {"type": "object", "properties": {"site": text, "cpus": whole}, "required": ["site"]}
    assert [kind.schema for kind in (BOOLEAN, TEXT, ADDRESS, SITE)] == [{"type": "boolean"}, text, text, text]
    assert (number().schema, word().schema) == (whole, {"type": "string", "enum": ["keep", "save"]})
    assert sites().schema == SITES.schema == ORIGINS.schema == {"type": "array", "items": text}
    assert pairs().schema == {"type": "array", "items": pair}


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        (BOOLEAN, 0, False),
        (BOOLEAN, 1, True),
        (number, "3", 3),
        (number, 3, 3),
        (sites, '["a.org"]', ["a.org"]),
        (sites, ["a.org"], ["a.org"]),
        # What can't be meant stays as it is, and the kind refuses it.
        (BOOLEAN, 2, 2),
        (BOOLEAN, "1", "1"),
        (number, "-3", "-3"),
        (number, "many", "many"),
        (TEXT, "3", "3"),
        (TEXT, 1, 1),
    ],
)
def test_the_registry_of_windows_says_it_in_its_own_way(
    kind: Kind | Callable[[], Kind], value: Any, meant: Any
) -> None:
    read = kinds.from_text(made(kind), value)
    assert read == meant and type(read) is type(meant)


def test_a_list_in_the_registry_is_json() -> None:
    with pytest.raises(Fault) as refused:
        kinds.from_text(sites(), "[")
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
    assert not kinds.Rule(number(), min).locks(0)


def test_a_setting_is_a_field_with_its_rule() -> None:
    @dataclass(frozen=True)
    class Some:
        one: int = kinds.setting(3, number(), max, policy_only=True)
        two: bool = kinds.setting(False, BOOLEAN)

    assert Some() == Some(3, False)
    one, two = (item.metadata["rule"] for item in fields(Some))
    assert one.kind.check(4) == 4 and one.stricter is max and one.policy_only is True
    assert two == kinds.Rule(BOOLEAN, None, False)
