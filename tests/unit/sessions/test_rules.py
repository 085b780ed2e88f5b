"""The small pure rules of sessions."""

from __future__ import annotations

from cvmwebapi.sessions.admission import secrets, throttle
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


def test_two_refusals_within_five_seconds_throttle_for_five_minutes() -> None:
    assert throttle.seconds_left([100.0], 101.0) == 0
    assert throttle.seconds_left([100.0, 106.0], 107.0) == 0
    assert throttle.seconds_left([100.0, 104.0], 105.0) == 299
    assert throttle.seconds_left([100.0, 104.0], 404.0) == 0


def test_a_clock_set_back_locks_nobody_out() -> None:
    assert throttle.seconds_left([9_000_000.0, 9_000_001.0], 5.0) == 0
    assert throttle.seconds_left([1.0, 2.0, 9_000_000.0, 9_000_001.0], 5.0) == throttle.WAIT - 3


@given(st.lists(st.floats(0, 1e6)).map(sorted), st.floats(0, 1e6))
def test_nobody_ever_waits_longer_than_the_rule(refusals: list[float], now: float) -> None:
    assert 0 <= throttle.seconds_left(refusals, now) <= throttle.WAIT


def test_secrets_are_salted() -> None:
    first, second = secrets.hashed("s"), secrets.hashed("s")
    assert first != second and secrets.matches("s", first) and not secrets.matches("t", first)
