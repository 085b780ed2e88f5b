"""One session in this host: its state, what the page hears of it, and the way to another state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from cvmwebapi import files, paths
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor.watch import Watch
from cvmwebapi.sessions.api_probe import ApiProbe
from cvmwebapi.sessions.ledger import Ledger
from cvmwebapi.sessions.progress import Progress
from cvmwebapi.sessions.work import Work
from cvmwebapi.states import AFTER, State, Step, next_step

SETTINGS = {
    "executionCap": "executioncap",
    "version": "version",
    "flavor": "flavor",
    "diskURL": "diskurl",
    "diskChecksum": "diskchecksum",
    "flags": "flags",
}
"""Settings that a page may read, and change where ``canOverride`` lists them: name on the page → in a description."""

MAX_PROPERTIES = 256
_WORDS = {
    State.MISSING: "Removing the machine",
    State.POWEROFF: "Stopping the machine",
    State.SAVED: "Saving the machine",
    State.PAUSED: "Pausing the machine",
    State.RUNNING: "Starting the machine",
}
_NAMES = {
    State.MISSING: "not there",
    State.POWEROFF: "powered off",
    State.SAVED: "saved",
    State.PAUSED: "paused",
    State.RUNNING: "running",
}
_ALIVE = (State.RUNNING, State.PAUSED)


class Session:
    """``emit(event, args)`` reaches the pages that opened it."""

    def __init__(self, id: str, ledger: Ledger, work: Work, emit: Callable[[str, list[Any]], None]) -> None:
        self.id = id
        self.domain = work.row.domain
        self._ledger = ledger
        self._work = work
        self._emit = emit
        self._state = State.MISSING
        self._api = False
        self._goal: State | None = None
        self._turn = 0
        self._turns = threading.Lock()
        self._working = threading.RLock()
        self._watch: Watch | None = None
        self._probe: ApiProbe | None = None

    # What pages see

    def snapshot(self) -> dict[str, Any]:
        """All state variables, as the protocol names them."""
        row, machine = self._work.row, self._work.description
        alive = self._state in _ALIVE
        return {
            "session": self.id,
            "name": row.name,
            "state": int(self._state),
            "cpus": machine.cpus,
            "memory": machine.memory,
            "disk": machine.disk,
            "apiPort": machine.api_port,
            "apiURL": f"http://127.0.0.1:{row.port}" if alive else "",
            "apiAvailable": self._api,
            "rdpURL": "",
            "ip": "127.0.0.1" if alive else "",
            "executionCap": machine.execution_cap,
            "version": machine.version,
            "flavor": machine.flavor,
            "diskURL": machine.disk_url,
            "diskChecksum": machine.disk_checksum,
            "flags": machine.flags,
            "canOverride": list(machine.can_override),
            "properties": row.properties,
        }

    def _tell(self, event: str, *args: Any) -> None:
        self._emit(event, list(args))

    def _enter(self, state: State) -> None:
        """Note a new state, and tell the page: first the variables, then the change, then the API's."""
        if state is self._state:
            return
        self._state = state
        lost_api = self._api and state is not State.RUNNING
        self._api = self._api and not lost_api
        self._tell("vars", self.snapshot())
        self._tell("stateChanged", int(state))
        if lost_api:
            self._tell("apiStateChanged", False, "")
        self._follow()

    def _follow(self) -> None:
        """Watch and probe as the state asks for."""
        if self._state in _ALIVE and self._watch is None:
            machine = self._work.machine
            self._watch = Watch(machine.log_file, machine.uuid, self._seen, self._lost)
        elif self._state not in _ALIVE and self._watch:
            self._watch.stop()
            self._watch = None
        if self._state is State.RUNNING and self._probe is None:
            self._probe = ApiProbe(self._work.row.port, self._api_changed)
        elif self._state is not State.RUNNING and self._probe:
            self._probe.stop()
            self._probe = None

    def _seen(self, state: State) -> None:
        """The log told a change; it may have passed by the time that our own work lets us look: so ask what is true."""
        with self._working:
            if state is not self._state:
                self._enter(self._work.machine.state())

    def _lost(self) -> None:
        with self._working:
            self._watch = None
            self._enter(self._work.machine.state())

    def _api_changed(self, available: bool) -> None:
        if self._state is not State.RUNNING:
            return
        self._api = available
        snapshot = self.snapshot()
        self._tell("vars", snapshot)
        self._tell("apiStateChanged", available, snapshot["apiURL"] if available else "")

    # What pages do

    def refresh(self) -> None:
        """Find out the true state. Raises ``CVMError`` of the hypervisor."""
        with self._working:
            # Half a machine is none: it is removed before the next step.
            self._enter(self._work.machine.state() if self._work.row.phase == "made" else State.MISSING)
        self._tell("vars", self.snapshot())

    def reach(self, goal: State, cancelled: Callable[[], bool]) -> None:
        """Bring the machine to ``goal``.

        A goal given while another is on its way takes over at the next safe point; the same goal joins it. Raises
        ``CVMError``: ``superseded``, ``cancelled``, those of the steps.
        """
        with self._turns:
            if goal is not self._goal:
                self._turn += 1
                self._goal = goal
            turn = self._turn

        def given_up() -> bool:
            return turn != self._turn or cancelled()

        with self._working, self._across_hosts(given_up):
            try:
                self._walk(goal, turn, given_up)
            finally:
                with self._turns:
                    if turn == self._turn:
                        self._goal = None

    def _walk(self, goal: State, turn: int, given_up: Callable[[], bool]) -> None:
        if next_step(self._state, goal) is None and not self._work.half_done():
            return
        with Progress(self._tell).task(_WORDS[goal]) as progress:
            if self._work.half_done():
                self._work.repair()
                self._enter(State.MISSING)
            while True:
                if given_up():
                    raise CVMError("superseded" if turn != self._turn else "cancelled")
                step = next_step(self._state, goal, self._work.stale())
                if step is None:
                    return
                self._do(step, progress, given_up)

    def _do(self, step: Step, progress: Progress, given_up: Callable[[], bool]) -> None:
        try:
            self._work.do(step, progress, given_up)
        except CVMError:
            # Whatever went wrong, the page sees what is true now.
            self.refresh()
            raise
        self._enter(AFTER[step])

    def _across_hosts(self, cancelled: Callable[[], bool]) -> Any:
        return files.locked(paths.data_folder() / "locks" / self.id, cancelled=cancelled)

    def reset(self) -> None:
        """Hard reset. Raises ``CVMError("invalidState")`` unless it runs."""
        with self._working:
            if self._state is not State.RUNNING:
                raise CVMError("invalidState", state=_NAMES[self._state], what="be reset")
            self._work.machine.control("reset", what="reset the virtual machine")

    def set_values(self, values: dict[str, str]) -> None:
        """Values for the macros of the user data, from the next boot on."""
        self._ledger.update(self.id, vals=values)

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting that the site may change. Raises ``CVMError``: ``settingNotAllowed``, ``machine…``."""
        with self._working:
            changed = self._work.description.overridden({SETTINGS[name]: value})
            if changed.flags & ~self._work.row.agreed["flags"]:
                # More than the user said yes to.
                raise CVMError("settingNotAllowed", name=name)
            if name == "executionCap" and self._state in _ALIVE:
                self._work.machine.control("cpuexecutioncap", str(changed.execution_cap), what="change the CPU cap")
            self._ledger.update(self.id, description=stored(changed))
        self._tell("vars", self.snapshot())

    def set_property(self, name: str, value: str) -> None:
        """Keep a value of the site's. Raises ``CVMError("badValue")`` when there are too many."""
        with self._working:
            properties = {**self._work.row.properties, name: value}
            if len(properties) > MAX_PROPERTIES:
                raise CVMError("badValue", name="property", detail=f"there are more than {MAX_PROPERTIES}")
            self._ledger.update(self.id, properties=properties)
        self._tell("vars", self.snapshot())

    def stop_following(self) -> None:
        """The session stays; this host looks at it no more."""
        for follower in (self._watch, self._probe):
            if follower:
                follower.stop()
        self._watch = self._probe = None


def stored(machine: Any) -> dict[str, Any]:
    """A description as the ledger keeps it: all but the secret."""
    return {key: value for key, value in asdict(machine).items() if key != "secret"}
