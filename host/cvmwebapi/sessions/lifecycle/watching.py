"""What this host keeps an eye on for one session: the machine's watch and the probe of its API."""

from __future__ import annotations

from collections.abc import Callable

from cvmwebapi.hypervisor.machine import Machine
from cvmwebapi.hypervisor.watch import News, Watched, Watcher
from cvmwebapi.sessions.lifecycle.api_probe import ApiProbe
from cvmwebapi.states import ALIVE, State


class Watching:
    """Watch and probe, begun and ended as the state asks for."""

    def __init__(
        self, watcher: Watcher, machine: Machine, heard: Callable[[News], None], api: Callable[[bool], None]
    ) -> None:
        self._watcher = watcher
        self._machine = machine
        self._heard = heard
        self._api = api
        self._watched: Watched | None = None
        self._files = (machine.files.log, machine.files.settings)
        self._probe: ApiProbe | None = None
        self._port = 0

    def attend(self, state: State, port: int) -> None:
        """The machine is in ``state``, its API behind ``port``."""
        files = (self._machine.files.log, self._machine.files.settings)
        if self._watched and (state is State.MISSING or files != self._files):
            self._watched.stop()
            self._watched = None
        if self._watched is None and state is not State.MISSING:
            self._files = files
            self._watched = Watched(*files, self._machine.uuid, self._heard)
            self._watcher.add(self._watched)
        if self._watched:
            self._watched.settle(state in ALIVE)
        if self._probe and (state is not State.RUNNING or port != self._port):
            self._probe.stop()
            self._probe = None
        if self._probe is None and state is State.RUNNING:
            self._port = port
            self._probe = ApiProbe(port, self._api)

    def stop(self) -> None:
        """Look no more."""
        for item in (self._watched, self._probe):
            if item:
                item.stop()
        self._watched = self._probe = None
