"""Sees to a machine in trouble: tells the page what is wrong, and heals it where that needs no person."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import parsing
from cvmwebapi.hypervisor.known_machine import Look
from cvmwebapi.hypervisor.log_reading import MACHINE_CRASHED, LogNews
from cvmwebapi.sessions.lifecycle import health
from cvmwebapi.sessions.lifecycle.health import Attempts, Treatment
from cvmwebapi.sessions.lifecycle.work import Work
from cvmwebapi.states import ALIVE, Failure, State
from cvmwebapi.tasks import Task

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ErrorData

_DISK_EVERY = 2.0
"""Seconds between looks at a full disk."""
_PAUSE_LOOKS = 15
_MB = 2**20


class Patient(Protocol):
    """What a session lets be done to it."""

    @property
    def state(self) -> State:
        """The state that it is in."""

    def suffers(self, flags: int, error: CVMError | None) -> None:
        """Tell the page of a trouble; there is no ``error`` as long as it is being seen to."""

    def refresh(self, task: Task) -> None:
        """Ask VirtualBox for the true state."""

    def heal(self, task: Task) -> None:
        """Bring it back to running, unless a person has another goal on its way."""

    def move_port(self) -> None:
        """Give the running machine another port."""


class Healing:
    """Of one session, until ``task`` is cancelled."""

    def __init__(self, work: Work, patient: Patient, task: Task) -> None:
        self._work = work
        self._patient = patient
        self._attempts = Attempts()
        self._task = task
        self._treated: set[str] = set()
        self._left_ports: set[int] = set()
        self.problem: ErrorData | None = None
        """What is wrong with the machine now, as an ``error`` of the protocol."""

    def heard(self, log: LogNews, before: State, look: Look | None) -> None:
        """The log spoke, or VirtualBox was asked (``look``); ``before``: the state that the machine was in."""
        if not self._left_ports.issuperset(log.taken_ports):
            # The log may tell of one port more than once.
            self._left_ports.update(log.taken_ports)
            self._quietly(self._patient.move_port)
        troubles = dict.fromkeys(log.troubles)
        if look and look.word in parsing.STUCK:
            troubles[MACHINE_CRASHED] = None
        elif look and before in ALIVE and look.state not in ALIVE and self._fell(look) and not troubles:
            troubles["machineAborted"] = None
        for name in troubles:
            # A full disk is told of by each write that fails.
            if name not in self._treated:
                self._treat(name, before)

    def _fell(self, look: Look) -> bool:
        """Whether the machine that has ended did not do so in order."""
        if look.word in parsing.ABORTED:
            return True
        # With VBoxSVC killed, VirtualBox never learns of it; the log has no proper end then.
        return look.state is State.POWEROFF and not self._work.machine.ended_in_order()

    def _treat(self, name: str, before: State) -> None:
        treatment = health.treatment(name)
        if treatment is Treatment.START_AGAIN and before is not State.RUNNING:
            # Nobody waits for a paused machine's work.
            treatment = Treatment.NONE
        error = CVMError(name)
        self.problem = error.to_json()
        if treatment is Treatment.NONE:
            self._patient.suffers(health.flags(name), error)
            return
        self._treated.add(name)
        self._patient.suffers(health.flags(name), None)
        threading.Thread(target=self._heal, args=(error, treatment), name="healing", daemon=True).start()

    def _heal(self, error: CVMError, treatment: Treatment) -> None:
        try:
            self._quietly(lambda: self._carry_out(error, treatment))
        finally:
            self._treated.discard(error.name)

    def _carry_out(self, error: CVMError, treatment: Treatment) -> None:
        if treatment is Treatment.WAIT_FOR_DISK and not self._wait_for_disk():
            return
        if not self._attempts.take(time.monotonic()):
            given_up = CVMError("machineNotHealed", detail=error.phrase)
            self.problem = given_up.to_json()
            self._patient.suffers(health.flags(error.name) | Failure.GIVEN_UP, given_up)
            return
        self._quietly(lambda: self._patient.heal(self._task))

    def _wait_for_disk(self) -> bool:
        """Wait until there is room again; ``False`` when the machine is not paused. Raises as ``Task.check``."""
        if not self._is_paused():
            return False
        while self._patient.state is State.PAUSED:
            self._task.wait(_DISK_EVERY)
            if shutil.disk_usage(self._work.folder).free // _MB >= self._work.min_free_disk:
                return self._patient.state is State.PAUSED
        return False

    def _is_paused(self) -> bool:
        """Whether VirtualBox has paused it, or does so soon. Its log can't tell: that lies on the full disk too."""
        for _ in range(_PAUSE_LOOKS):
            self._quietly(lambda: self._patient.refresh(self._task))
            if self._patient.state is not State.RUNNING:
                break
            self._task.wait(1.0)
        return self._patient.state is State.PAUSED

    @staticmethod
    def _quietly(attempt: Callable[[], None]) -> None:
        try:
            attempt()
        except CVMError:
            # The page has heard of it as of any failed transition.
            return
