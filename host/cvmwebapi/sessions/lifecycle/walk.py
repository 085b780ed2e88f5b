"""The way of one machine from state to state; nobody else in this host or another walks meanwhile."""

from __future__ import annotations

from typing import Any, Protocol

from cvmwebapi.errors import CVMError
from cvmwebapi.gate import Gate
from cvmwebapi.hypervisor.known_machine import Look
from cvmwebapi.sessions.ledger.rows import Stage
from cvmwebapi.sessions.lifecycle import turn
from cvmwebapi.sessions.lifecycle.bench import Bench
from cvmwebapi.sessions.lifecycle.goals import Goals
from cvmwebapi.sessions.lifecycle.work import Work
from cvmwebapi.sessions.resources.making import Parts
from cvmwebapi.states import State
from cvmwebapi.tasks import Task
from cvmwebapi.texts.codes import PhaseCode
from cvmwebapi.texts.phase import Phase
from cvmwebapi.transitions import AFTER, Transition, next_transition

_PHASES: dict[State, PhaseCode] = {
    State.MISSING: "removingMachine",
    State.POWEROFF: "stoppingMachine",
    State.SAVED: "savingMachine",
    State.PAUSED: "pausingMachine",
    State.RUNNING: "startingMachine",
}
_SURPRISES = 3
"""Transitions of one way that may fail because the machine was not where we believed it to be."""


class _Surprise(Exception):
    """A transition has failed because the machine was not where we believed it to be."""

    def __init__(self, error: CVMError) -> None:
        super().__init__(error)
        self.error = error


class Walker(Protocol):
    """Whose machine it is."""

    id: str
    looked: bool
    """Whether VirtualBox was asked for its state."""

    @property
    def state(self) -> State:
        """As far as is known."""

    def enter(self, state: State) -> None:
        """The machine is in ``state``."""

    def look(self, task: Task) -> Look:
        """Ask VirtualBox for the true state, and enter it; waits for one that is on its way to another."""

    def tell(self, event: str, *args: Any) -> None:
        """An event for pages."""

    def tell_variables(self) -> None:
        """All of them, for pages."""


class Walk:
    """Of one session. The bench is taken for each transition, and free while something is fetched."""

    def __init__(self, work: Work, bench: Bench, walker: Walker) -> None:
        self._work = work
        self._bench = bench
        self._walker = walker
        self._goals = Goals()
        self._gate = Gate()

    @property
    def goal(self) -> State | None:
        """Where the machine is on its way to; ``None`` at rest."""
        return self._goals.current

    def reach(self, goal: State, task: Task) -> None:
        """Bring the machine to ``goal``.

        A goal given while another is on its way takes over at the next safe point; the same goal joins it. Raises
        ``CVMError``: ``superseded``, ``cancelled``, those of the transitions.
        """
        with self._goals.given(goal, task) as claim:
            try:
                with self._gate.passed(claim), turn.taken(self._walker.id, claim) as before:
                    with self._bench.taken(claim, lasting=True):
                        if before.died:
                            self._work.wait_for_calls(claim)
                        if before.died or before.foreign or not self._walker.looked:
                            self._walker.look(claim)
                        done = self._is_there(goal)
                    if not done:
                        self._walk(goal, claim)
            except TimeoutError:
                raise CVMError("machineLocked") from None

    def _is_there(self, goal: State) -> bool:
        if next_transition(self._walker.state, goal) is not None or self._work.half_done():
            return False
        if goal is State.MISSING:
            # Removed in VirtualBox's own window: its disks may be there still.
            self._work.destroy(half=True)
        return True

    def _walk(self, goal: State, claim: Task) -> None:
        with claim.announced(Phase(_PHASES[goal]), self._walker.tell) as task:
            with self._bench.taken(task, lasting=True):
                self._clear_away(goal, task)
            surprises = 0
            while True:
                task.check()
                transition = self._next(goal)
                if transition is None:
                    return
                try:
                    # The machine is nobody's meanwhile: what is fetched may take hours.
                    parts = self._work.prepare(transition, task)
                    with self._bench.taken(task, lasting=True):
                        # Somebody else may have changed it.
                        if self._next(goal) is transition:
                            self._do(transition, parts, task)
                except _Surprise as surprise:
                    surprises += 1
                    if surprises > _SURPRISES:
                        raise surprise.error from None

    def _next(self, goal: State) -> Transition | None:
        return next_transition(self._walker.state, goal, self._work.stale())

    def _do(self, transition: Transition, parts: Parts | None, task: Task) -> None:
        before = self._walker.state
        try:
            self._work.do(transition, parts, task)
            self._walker.enter(AFTER[transition])
            if self._walker.state is State.RUNNING:
                # Only now: a page that changed it meanwhile has either been seen by this, or sees the new state.
                self._work.apply_cap()
        except CVMError as error:
            if self._was_elsewhere(before, task):
                raise _Surprise(error) from error
            raise

    def _clear_away(self, goal: State, task: Task) -> None:
        """See to what a killed host, or someone in VirtualBox's own window, has left."""
        if self._work.half_done():
            self._work.repair(task)
        elif self._walker.state is State.MISSING and self._work.row.stage is Stage.MADE and goal is not State.MISSING:
            self._work.readopt()
        else:
            return
        self._walker.look(task)

    def _was_elsewhere(self, believed: State, task: Task) -> bool:
        """Whether the machine is not in the state that a failed transition began with; the page sees what is true."""
        try:
            self._walker.look(task)
        except CVMError:
            return False
        self._walker.tell_variables()
        return self._walker.state is not believed
