from __future__ import annotations

import pytest
from cvmwebapi.states import State
from cvmwebapi.transitions import AFTER, Transition, next_transition, path


@pytest.mark.parametrize("goal", State)
@pytest.mark.parametrize("state", State)
def test_every_goal_is_reached_from_every_state(state: State, goal: State) -> None:
    transitions = path(state, goal)
    assert len(transitions) <= 3
    assert (AFTER[transitions[-1]] if transitions else state) is goal


def test_a_saved_machine_wakes_up_unless_its_user_data_has_changed() -> None:
    assert path(State.SAVED, State.RUNNING) == [Transition.WAKE]
    assert path(State.SAVED, State.RUNNING, stale=True) == [Transition.DISCARD, Transition.BOOT]


def test_a_running_machine_does_not_reboot_for_changed_user_data() -> None:
    assert next_transition(State.RUNNING, State.RUNNING, stale=True) is None


def test_close_pulls_the_plug_first() -> None:
    assert path(State.PAUSED, State.MISSING) == [Transition.POWER_OFF, Transition.DESTROY]
