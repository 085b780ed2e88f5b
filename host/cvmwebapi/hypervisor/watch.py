"""Sees a running machine change, whoever changes it, without asking VBoxManage: by its log and its process."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from cvmwebapi.hypervisor import parsing
from cvmwebapi.states import State

_TICK = 0.5
"""Seconds between looks: one ``stat`` each."""
_PROCESS_EVERY = 3
_CHANGE = re.compile(rb"Machine state changed to '(\w+)'")


class Watch:
    """Follows VBox.log of one machine from its present end on, until stopped or gone."""

    def __init__(self, log: Path, uuid: str, changed: Callable[[State], None], lost: Callable[[], None]) -> None:
        """``changed(state)`` for each change that the log tells; ``lost()`` once when process or log are gone."""
        self._log = log
        self._uuid = uuid
        self._changed = changed
        self._lost = lost
        self._stopped = threading.Event()
        self._offset = log.stat().st_size if log.exists() else 0
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def stop(self) -> None:
        """No further calls, except one that is under way."""
        self._stopped.set()

    def _run(self) -> None:
        process = _process_of(self._uuid)
        tick = 0
        while not self._stopped.wait(_TICK):
            try:
                size = self._log.stat().st_size
            except OSError:
                self._lost()
                return
            if size != self._offset:
                self._read(size)
            tick += 1
            if process and tick % _PROCESS_EVERY == 0 and not _alive(process):
                if not self._stopped.is_set():
                    self._lost()
                return

    def _read(self, size: int) -> None:
        if size < self._offset:
            # A new run has begun a new log.
            self._offset = 0
        with self._log.open("rb") as file:
            file.seek(self._offset)
            text = file.read(size - self._offset)
        end = text.rfind(b"\n") + 1
        self._offset += end
        for word in _CHANGE.findall(text[:end]):
            state = parsing.state(word.decode("ascii"))
            if state is not None and not self._stopped.is_set():
                self._changed(state)


def _process_of(uuid: str) -> int:
    """The process that runs the machine; 0 when there is none."""
    import psutil

    for process in psutil.process_iter(["cmdline", "name"]):
        line = process.info["cmdline"] or []
        if uuid in line and "VBoxManage" not in " ".join(line[:2]):
            return int(process.pid)
    return 0


def _alive(process: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
