"""Macros of the user data."""

from __future__ import annotations

from cvmwebapi.sessions.resources import macros
from hypothesis import given
from hypothesis import strategies as st


def test_macros_take_values_then_defaults_then_nothing() -> None:
    text = "a=${a} b=${b:two} c=${c} d=${d:}"
    assert macros.expand(text, {"a": "1"}) == "a=1 b=two c= d="


def test_values_are_not_expanded_again() -> None:
    assert macros.expand("${a}", {"a": "${b}", "b": "secret"}) == "${b}"


@given(st.text(alphabet=st.characters(blacklist_characters="$")))
def test_text_without_macros_stays_as_it_is(text: str) -> None:
    assert macros.expand(text, {"a": "1"}) == text
