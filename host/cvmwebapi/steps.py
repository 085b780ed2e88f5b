"""The state machine of a session. Pure: which steps lead from where a machine is to where it shall be."""

from __future__ import annotations

from enum import Enum

from cvmwebapi.states import State


class Step(Enum):
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
    Step.CREATE: State.POWEROFF,
    Step.BOOT: State.RUNNING,
    Step.WAKE: State.RUNNING,
    Step.PAUSE: State.PAUSED,
    Step.RESUME: State.RUNNING,
    Step.SAVE: State.SAVED,
    Step.DISCARD: State.POWEROFF,
    Step.POWER_OFF: State.POWEROFF,
    Step.DESTROY: State.MISSING,
}

# The first step on the way; the others follow from the state it leads to.
#   goal:        MISSING         POWEROFF        SAVED        PAUSED       RUNNING
_TABLE = {
    State.MISSING: (None, Step.CREATE, Step.CREATE, Step.CREATE, Step.CREATE),
    State.POWEROFF: (Step.DESTROY, None, Step.BOOT, Step.BOOT, Step.BOOT),
    State.SAVED: (Step.DISCARD, Step.DISCARD, None, Step.WAKE, Step.WAKE),
    State.PAUSED: (Step.POWER_OFF, Step.POWER_OFF, Step.SAVE, None, Step.RESUME),
    State.RUNNING: (Step.POWER_OFF, Step.POWER_OFF, Step.SAVE, Step.PAUSE, None),
}
_GOALS = (State.MISSING, State.POWEROFF, State.SAVED, State.PAUSED, State.RUNNING)


def next_step(state: State, goal: State, stale: bool = False) -> Step | None:
    """The next step from ``state`` towards ``goal``; ``None`` when it is reached.

    ``stale``: the user data has changed since the machine was saved, so it must boot afresh instead of waking up.
    """
    step = _TABLE[state][_GOALS.index(goal)]
    return Step.DISCARD if step is Step.WAKE and stale else step


def path(state: State, goal: State, stale: bool = False) -> list[Step]:
    """All steps from ``state`` to ``goal``."""
    steps = []
    while (step := next_step(state, goal, stale)) is not None:
        steps.append(step)
        state = AFTER[step]
    return steps
