"""One session in this host: its state, what the page hears of it, and the way to another state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import parsing
from cvmwebapi.hypervisor.known_machine import Look
from cvmwebapi.hypervisor.watch import News, Watcher
from cvmwebapi.protocol import MAX_SESSION_FETCHES
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.lifecycle import changes, turn
from cvmwebapi.sessions.lifecycle.announcer import Announcer
from cvmwebapi.sessions.lifecycle.bench import Bench
from cvmwebapi.sessions.lifecycle.healing import Healing
from cvmwebapi.sessions.lifecycle.remote import Remote
from cvmwebapi.sessions.lifecycle.screen import Screen
from cvmwebapi.sessions.lifecycle.snapshot import snapshot
from cvmwebapi.sessions.lifecycle.walk import Walk
from cvmwebapi.sessions.lifecycle.watching import Watching
from cvmwebapi.sessions.lifecycle.work import Work
from cvmwebapi.sessions.resources import ports
from cvmwebapi.states import ALIVE, State
from cvmwebapi.tasks import Task
from cvmwebapi.texts import phrase
from cvmwebapi.texts.codes import StepCode
from cvmwebapi.texts.phrase import Phrase
from cvmwebapi.vmcp.description import MachineDescription

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ErrorData, Snapshot


class Session:
    """``emit(event, args)`` reaches the pages that opened it."""

    def __init__(
        self, id: str, ledger: Ledger, work: Work, emit: Callable[[str, list[Any]], None], watcher: Watcher
    ) -> None:
        self.id = id
        self.domain = work.row.domain
        self._ledger = ledger
        self._work = work
        self._emit = emit
        self._life = Task()
        """As long as this host looks at it."""
        self._announcer = Announcer(self.tell, self.snapshot)
        self._bench = Bench()
        self._walk = Walk(work, self._bench, self)
        self._watching = Watching(watcher, work.machine, self._heard, self._announcer.api_is)
        self._healing = Healing(work, self, self._life)
        self.screen = Screen(id, work.machine)
        self.remote = Remote(work.display, work.folder)
        self.exchanges = threading.BoundedSemaphore(MAX_SESSION_FETCHES)
        self.looked = False
        """Whether VirtualBox was asked for its state since this object is there."""

    # What pages see

    @property
    def state(self) -> State:
        """As far as this host knows."""
        return self._announcer.state

    def api_port(self) -> int:
        """Where the application is found on 127.0.0.1. Raises ``CVMError("invalidState")`` unless the machine runs: the
        port may be anybody's then."""
        self.check_runs("useApplication")
        return self._work.row.port

    def check_runs(self, step: StepCode) -> None:
        """Raises ``CVMError("invalidState")`` unless the machine runs: ``step`` is not possible then."""
        if self.state is not State.RUNNING:
            state = Phrase(f"state_{self.state.name.lower()}")
            raise CVMError("invalidState", state=state, step=phrase.step(step))

    @property
    def problem(self) -> ErrorData | None:
        """What is wrong with the machine now, as an ``error`` of the protocol."""
        return self._healing.problem

    def snapshot(self) -> Snapshot:
        """All state variables, as the protocol names them."""
        work, rdp = self._work, self.remote.url()
        return snapshot(work.row, self.state, self._announcer.api, self.problem, work.facts, rdp)

    def tell(self, event: str, *args: Any) -> None:
        """An event for the pages that opened it."""
        self._emit(event, list(args))

    def tell_variables(self) -> None:
        """All of them, for the pages that opened it."""
        self._announcer.variables()

    def enter(self, state: State) -> None:
        """The machine is in ``state``; whoever says so is at the bench."""
        if state is not self.state:
            self.remote.machine_is(state)
            if state is State.RUNNING:
                self._healing.problem = None
            self._announcer.enter(state)
        self._attend()

    def _attend(self) -> None:
        self._watching.attend(self.state, self._work.row.port)

    def look(self, task: Task) -> Look:
        """Find out the true state, and enter it; at the bench. Raises ``CVMError`` as ``Work.look``."""
        facts = self._work.facts
        found = self._work.look(task)
        edited = self._work.facts != facts and found.state is self.state
        self.looked = True
        self.enter(found.state)
        if edited:
            self.tell_variables()
        return found

    def _heard(self, news: News) -> None:
        """Something happened to the machine. It may have passed by the time that we may look: so ask what is true."""
        try:
            with self._bench.taken(self._life):
                if self.screen.resized(news.log.sizes):
                    self.tell("resolutionChanged", *self.screen.size)
                before, look = self.state, self._look_at(news)
        except CVMError:
            # VirtualBox is gone, or does not answer: the page hears why when it asks for something. Or nobody listens.
            return
        self._healing.heard(news.log, before, look)

    def _look_at(self, news: News) -> Look | None:
        known = [state for state in map(parsing.state, news.log.states) if state is not None]
        if not news.doubtful and (not known or known[-1] is self.state):
            return None
        try:
            return self.look(self._life)
        except CVMError as error:
            if error.name == "sessionNotFound":
                # Another host has closed it.
                self.stop_watching()
                self._announcer.gone()
            raise

    def suffers(self, flags: int, error: CVMError | None) -> None:
        """Tell the page of a trouble; there is no ``error`` as long as it is being seen to."""
        self.tell_variables()
        self.tell("failure", flags)
        if error:
            self.tell("failed", error.message, error.to_json())

    def heal(self, task: Task) -> None:
        """Bring it back to running, unless a person has another goal on its way. Raises as ``reach``."""
        if self._walk.goal is None:
            self.reach(State.RUNNING, task)

    def move_port(self) -> None:
        """Give the running machine another port for its API. Raises ``CVMError`` of the hypervisor."""
        with self._bench.taken(self._life):
            if self.state is State.RUNNING:
                self._work.move_port()
                self._announcer.api_is(False)
                self._attend()

    # What pages do

    def refresh(self, task: Task) -> None:
        """Find out the true state, and tell the page; while the machine is changed, as far as that has got.

        Raises ``CVMError``: ``cancelled``, those of the hypervisor.
        """
        with self._bench.taken_unless_lasting(task) as free:
            if free:
                self.look(task)
        self.tell_variables()

    def believe(self, state: State, task: Task) -> None:
        """Go by a state that VirtualBox was not asked for; the next action looks."""
        with self._bench.taken_unless_lasting(task) as free:
            if free:
                self.enter(state)

    def reach(self, goal: State, task: Task) -> None:
        """Bring the machine to ``goal``. Raises ``CVMError`` as ``Walk.reach``."""
        self._walk.reach(goal, task)

    def reset(self, task: Task) -> None:
        """Hard reset. Raises ``CVMError("invalidState")`` unless it runs."""
        with self._bench.taken(task):
            self.check_runs("resetMachine")
            self._work.machine.control("reset", step="resetMachine")

    def share_screen(self, on: bool, task: Task) -> None:
        """Let an RDP client of this computer in, or no longer. Raises ``CVMError``: ``invalidState``, ``remote…``."""
        with self._bench.taken(task):
            if on:
                self.check_runs("remoteOn")
                self.remote.begin(ports.pick(self._ledger.ports()))
            else:
                self.remote.end()
        self.tell_variables()

    def use(self, settings: Settings) -> None:
        """Go by changed settings from the next transition on."""
        self._work.use(settings)

    def set_values(self, values: dict[str, str]) -> None:
        """Values for the macros of the user data, from the next boot on."""
        self._ledger.change(self.id, lambda row: replace(row, vals=values))

    def set_setting(self, name: str, value: str, task: Task) -> None:
        """Change a setting that the site may change. Raises ``CVMError``: ``settingNotAllowed``, ``machine…``."""
        before = self._work.description
        changed = self._set(name, value)
        if name == "executionCap" and self.state is State.RUNNING:
            try:
                with self._bench.taken(task):
                    self._work.cap(changed.execution_cap)
            except CVMError:
                self._set(name, str(before.execution_cap))
                raise
        self.tell_variables()

    def _set(self, name: str, value: str) -> MachineDescription:
        self._ledger.change(self.id, lambda row: replace(row, description=changes.setting(row, name, value)))
        return self._work.description

    def set_property(self, name: str, value: str) -> None:
        """Keep a value of the site's. Raises ``CVMError("badValue")`` when there are too many."""
        self._ledger.change(self.id, lambda row: replace(row, properties=changes.properties(row, name, value)))
        self.tell_variables()

    def leave(self, save: bool) -> None:
        """Begin to save the machine, or to power it off, if it runs; this host does not live to see it done."""
        if self.state not in ALIVE:
            return
        # The call is left alone with its work: browsers give a host two or three seconds.
        turn.leave_busy(self.id)
        if save:
            self._work.machine.save_detached()
        else:
            self._work.machine.power_off_detached()

    def stop_watching(self) -> None:
        """The session stays; this host looks at it no more."""
        self._life.cancel()
        self._watching.stop()
