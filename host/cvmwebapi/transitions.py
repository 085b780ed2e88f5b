"""The state machine of a session. Pure: which transitions lead from where a machine is to where it shall be."""

from __future__ import annotations

from enum import Enum

from cvmwebapi.states import State


class Transition(Enum):
    """One thing that is done to a machine; each ends in a resting state."""

    CREATE = "create"
    BOOT = "boot"
    WAKE = "wake"
    PAUSE = "pause"
    RESUME = "resume"
    SAVE = "save"
    DISCARD = "discard"
    POWER_OFF = "power off"
    DESTROY = "destroy"


AFTER = {
    Transition.CREATE: State.POWEROFF,
    Transition.BOOT: State.RUNNING,
    Transition.WAKE: State.RUNNING,
    Transition.PAUSE: State.PAUSED,
    Transition.RESUME: State.RUNNING,
    Transition.SAVE: State.SAVED,
    Transition.DISCARD: State.POWEROFF,
    Transition.POWER_OFF: State.POWEROFF,
    Transition.DESTROY: State.MISSING,
}

# The first transition on the way; the others follow from the state it leads to.
#   goal:        MISSING         POWEROFF        SAVED        PAUSED       RUNNING
_TABLE = {
    State.MISSING: (None, Transition.CREATE, Transition.CREATE, Transition.CREATE, Transition.CREATE),
    State.POWEROFF: (Transition.DESTROY, None, Transition.BOOT, Transition.BOOT, Transition.BOOT),
    State.SAVED: (Transition.DISCARD, Transition.DISCARD, None, Transition.WAKE, Transition.WAKE),
    State.PAUSED: (Transition.POWER_OFF, Transition.POWER_OFF, Transition.SAVE, None, Transition.RESUME),
    State.RUNNING: (Transition.POWER_OFF, Transition.POWER_OFF, Transition.SAVE, Transition.PAUSE, None),
}
_GOALS = (State.MISSING, State.POWEROFF, State.SAVED, State.PAUSED, State.RUNNING)


def next_transition(state: State, goal: State, stale: bool = False) -> Transition | None:
    """The next transition from ``state`` towards ``goal``; ``None`` when it is reached.

    ``stale``: the user data has changed since the machine was saved, so it must boot afresh instead of waking up.
    """
    transition = _TABLE[state][_GOALS.index(goal)]
    return Transition.DISCARD if transition is Transition.WAKE and stale else transition


def path(state: State, goal: State, stale: bool = False) -> list[Transition]:
    """All transitions from ``state`` to ``goal``."""
    transitions = []
    while (transition := next_transition(state, goal, stale)) is not None:
        transitions.append(transition)
        state = AFTER[transition]
    return transitions
