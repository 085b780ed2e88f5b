"""All machines of this user at a glance, whichever page, browser or host began them; VBoxManage is asked for nothing.

A session that this host has opened knows its own state. Of the others, the process and the log of the machine tell.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import log_reading, vm_process
from cvmwebapi.hypervisor.places import MachineFiles
from cvmwebapi.sessions.ledger.rows import SessionRow, Stage
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.states import ALIVE, State
from cvmwebapi.system import paths

if TYPE_CHECKING:
    import psutil

    from cvmwebapi.protocol.shapes import MachineData

_MB = 2**20
_DISK_EVERY = 10.0
"""Seconds between two looks at the files of one machine."""
_COUNT_EVERY = 5.0
"""Seconds between two counts of the running machines, for those that another host has begun or ended."""


class Overview:
    """Keeps the processes it has seen: the share of the processor is measured from one look to the next."""

    def __init__(
        self, ledger: Ledger, opened: Callable[[str], Session | None], tell: Callable[[str, int], None]
    ) -> None:
        """``opened`` gives the object of a session, if this host has one; ``tell(event, number)`` reaches windows."""
        self._ledger = ledger
        self._opened = opened
        self._tell = tell
        self._processes: dict[str, psutil.Process] = {}
        self._disks: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self._running = 0
        self._stopped = threading.Event()

    def watch(self) -> None:
        """Tell windows whenever the number of running machines changes, until ``stop``."""
        threading.Thread(target=self._watch, name="overview", daemon=True).start()

    def stop(self) -> None:
        """The host ends."""
        self._stopped.set()

    def _watch(self) -> None:
        while True:
            self.count()
            if self._stopped.wait(_COUNT_EVERY):
                return

    def count(self) -> None:
        """Count the running machines; ``runningChanged [number]`` when there are more or fewer than before."""
        with self._lock:
            try:
                running = sum(self.state(row) is State.RUNNING for row in self._ledger.all())
            except CVMError:
                # Of a ledger that can't be used, whoever asks for something hears.
                return
            if running == self._running:
                return
            self._running = running
        self._tell("runningChanged", running)

    def state(self, row: SessionRow) -> State:
        """The state of one machine, as far as can be told without asking VirtualBox."""
        opened = self._opened(row.id)
        if opened is not None and opened.looked:
            return opened.state
        return self._unasked(row)

    def unasked(self, session: str) -> State:
        """The same of a session that VirtualBox does not answer for."""
        row = self._ledger.get(session)
        return self._unasked(row) if row else State.MISSING

    @staticmethod
    def _unasked(row: SessionRow) -> State:
        if row.stage is not Stage.MADE:
            return State.MISSING
        there = _files(row)
        return log_reading.state(there.log, there.settings, vm_process.find(there.log, row.vm) is not None)

    def machines(self) -> list[MachineData]:
        """One object a session, oldest first; see docs/protocol.md."""
        with self._lock:
            return [self._machine(row) for row in self._ledger.all()]

    def _machine(self, row: SessionRow) -> MachineData:
        state = self.state(row)
        opened = self._opened(row.id)
        use = _use(self._process(row) if state in ALIVE else None, row.created)
        return {
            "session": row.id,
            "domain": row.domain,
            "origin": row.origin,
            "name": row.name,
            "state": int(state),
            "cpus": row.description.cpus,
            "memory": row.description.memory,
            "disk": row.description.disk,
            "trust": row.trust,
            "diskUsed": self._disk_used(row.id),
            "problem": opened.problem if opened else None,
            "cpuUse": use.cpu,
            "memoryUse": use.memory,
            "since": use.since,
        }

    def _process(self, row: SessionRow) -> psutil.Process | None:
        known = self._processes.get(row.id)
        if known is not None and vm_process.alive(known):
            return known
        found = vm_process.find(_files(row).log, row.vm)
        if found is None:
            self._processes.pop(row.id, None)
        else:
            self._processes[row.id] = found
        return found

    def _disk_used(self, session: str) -> int:
        at, size = self._disks.get(session, (-_DISK_EVERY, 0))
        if time.monotonic() - at >= _DISK_EVERY:
            size = _size(paths.machines_folder() / session)
            self._disks[session] = (time.monotonic(), size)
        return size


class _Use(NamedTuple):
    """What a machine uses right now: percent of all processors of this computer since the last look, and MB.

    Both are ``None`` where nothing runs. ``since``: when it was started, or else when the session was agreed to.
    """

    cpu: float | None
    memory: int | None
    since: float


def _use(process: psutil.Process | None, created: float) -> _Use:
    import psutil

    if process is not None:
        with contextlib.suppress(psutil.Error):
            share = process.cpu_percent() / (psutil.cpu_count() or 1)
            memory = process.memory_info().rss // _MB
            return _Use(round(share, 1), memory, process.create_time())
    return _Use(None, None, created)


def _files(row: SessionRow) -> MachineFiles:
    return MachineFiles(paths.machines_folder() / row.id)


def _size(folder: Path) -> int:
    """MB that the files below ``folder`` take up on the disk."""
    total = 0
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found = file.lstat()
            # Windows does not tell blocks.
            total += getattr(found, "st_blocks", 0) * 512 or found.st_size
    return total // _MB
