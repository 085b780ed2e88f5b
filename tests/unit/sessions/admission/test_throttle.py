"""How long a domain waits that was refused."""

from __future__ import annotations

from cvmwebapi.sessions.admission import throttle
from hypothesis import given
from hypothesis import strategies as st


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


def test_the_rule_to_the_second() -> None:
    assert throttle.seconds_left([], 1.0) == throttle.seconds_left([1.0], 1.0) == 0
    assert throttle.seconds_left([100.0, 105.0], 105.0) == 300, "five seconds are within five seconds"
    assert throttle.seconds_left([100.0, 105.1], 105.1) == 0
    assert throttle.seconds_left([100.0, 105.0], 404.9) > 0
    assert throttle.seconds_left([100.0, 105.0], 405.0) == 0


def test_the_longest_wait_counts() -> None:
    # One more refusal, long after, neither shortens nor prolongs it.
    assert throttle.seconds_left([100.0, 101.0, 200.0], 200.0) == 201
    assert throttle.seconds_left([100.0, 101.0, 200.0, 201.0], 201.0) == 300
