"""Whose goal counts: another one takes over, the same one is joined."""

from __future__ import annotations

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.goals import Goals
from cvmwebapi.states import State
from cvmwebapi.tasks import Task


def reason(task: Task) -> str:
    with pytest.raises(CVMError) as error:
        task.check()
    return error.value.name


def test_another_goal_takes_over() -> None:
    goals, request = Goals(), Task()
    with goals.given(State.RUNNING, request) as first:
        with goals.given(State.POWEROFF, Task()) as second:
            assert reason(first) == "superseded" and not second.cancelled and not request.cancelled
            assert goals.current is State.POWEROFF
        assert goals.current is None
    assert goals.current is None


def test_the_same_goal_is_joined() -> None:
    goals = Goals()
    with goals.given(State.RUNNING, Task()) as first:
        with goals.given(State.RUNNING, Task()) as second:
            assert not first.cancelled and not second.cancelled
        assert goals.current is State.RUNNING, "the first one is still on its way"
        with goals.given(State.RUNNING, Task()):
            assert not first.cancelled


def test_a_goal_that_comes_back_is_a_new_one() -> None:
    goals = Goals()
    run = goals.given(State.RUNNING, Task())
    with run as first, goals.given(State.PAUSED, Task()) as second, goals.given(State.RUNNING, Task()) as third:
        assert (first.cancelled, second.cancelled, third.cancelled) == (True, True, False)


def test_who_gives_up_ends_a_goal_for_nobody_else() -> None:
    goals, one = Goals(), Task()
    with goals.given(State.RUNNING, one) as first, goals.given(State.RUNNING, Task()) as second:
        one.cancel()
        assert reason(first) == "cancelled" and not second.cancelled
