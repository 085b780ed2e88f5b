"""Sees machines change, whoever changes them, without asking VBoxManage.

One thread looks after all machines of this host, twice a second: VBox.log and the machine's settings file tell of
all that VirtualBox does to it, VirtualBox's own list whether it still knows it, and the process whether it lives. A
look is a few ``stat`` calls; only what has grown is read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.hypervisor import log_reading, places, vm_process
from cvmwebapi.hypervisor.log_reading import LogNews

TYPE_CHECKING = False
if TYPE_CHECKING:
    import psutil

_TICK = 0.5
"""Seconds between looks: a page learns of a change within 2 s."""
_PROCESS_EVERY = 3
_READ_AT_ONCE = 1 << 20
"""Bytes of log; a machine that floods its log must not flood our memory."""


@dataclass(frozen=True)
class News:
    """``log``: what its log says; ``doubtful``: it was edited, removed, or its process died: VirtualBox knows."""

    log: LogNews
    doubtful: bool


class Watched:
    """One machine. ``tell`` is called in a thread of its own, one call at a time, until ``stop``."""

    def __init__(self, log: Path, settings: Path, uuid: str, tell: Callable[[News], None]) -> None:
        self._log, self._settings, self._uuid = log, settings, uuid
        self._tell = tell
        self._stopped = False
        self._lock = threading.Lock()
        self._news: list[News] = []
        self._telling = False
        self._processes: list[psutil.Process] = []
        self._alive = False
        self._unknown = True
        self._run = _identity(log)
        self._offset = _size(log)
        self._settings_stamp = _stamp(settings)

    def settle(self, alive: bool) -> None:
        """What has changed in the settings file so far was our own doing. ``alive``: it should have a process now."""
        self._settings_stamp = _stamp(self._settings)
        if alive and not self._alive:
            self._processes = []
            self._unknown = True
        self._alive = alive

    def stop(self) -> None:
        """No further calls, except one that is under way."""
        self._stopped = True

    @property
    def stopped(self) -> bool:
        """Whether it is to be looked at no more."""
        return self._stopped

    def look(self, process_too: bool, delisted: Callable[[str], bool]) -> None:
        """One look."""
        log = self._read_log()
        stamp = _stamp(self._settings)
        doubtful = stamp != self._settings_stamp or delisted(self._uuid)
        self._settings_stamp = stamp
        if process_too:
            doubtful |= self._process_died()
        if doubtful or log != LogNews():
            self._report(News(log, doubtful))

    def _read_log(self) -> LogNews:
        size = _size(self._log)
        if size == self._offset:
            return LogNews()
        run = _identity(self._log)
        if run != self._run or size < self._offset:
            # A new run has begun a new log.
            self._run, self._offset, self._processes = run, 0, []
        try:
            with self._log.open("rb") as file:
                # With the byte before: the rest of a line that was cut off in front may be a machine's own words.
                begun = max(0, self._offset - 1, size - _READ_AT_ONCE)
                file.seek(begun)
                text = file.read(_READ_AT_ONCE)
        except OSError:
            return LogNews()
        first = text.find(b"\n") + 1 if begun else 0
        whole = text.rfind(b"\n") + 1
        if whole:
            self._offset = begun + whole
        return log_reading.read(text[first:whole].decode("utf-8", "replace"))

    def _process_died(self) -> bool:
        """Whether its process is gone, or VirtualBox's server that rules it, which began it and so is its parent."""
        if not self._alive:
            return False
        if self._processes:
            if all(map(vm_process.alive, self._processes)):
                return False
            self._processes = []
            return True
        self._processes = vm_process.with_server(self._log, self._uuid)
        # One of them may have died before we saw it. Where it never had such a parent, VirtualBox is asked once.
        unsure = self._unknown and len(self._processes) < 2
        self._unknown = False
        return unsure

    def _report(self, news: News) -> None:
        with self._lock:
            self._news.append(news)
            if self._telling:
                return
            self._telling = True
        threading.Thread(target=self._tell_all, name="watch-news", daemon=True).start()

    def _tell_all(self) -> None:
        while True:
            with self._lock:
                news, self._news = self._news, []
                if not news or self._stopped:
                    self._telling = False
                    return
            states = tuple(word for item in news for word in item.log.states)
            troubles = tuple(dict.fromkeys(name for item in news for name in item.log.troubles))
            ports = tuple(port for item in news for port in item.log.taken_ports)
            sizes = tuple(size for item in news for size in item.log.sizes)
            self._tell(News(LogNews(states, troubles, ports, sizes), any(item.doubtful for item in news)))


class Watcher:
    """Looks after all machines of this host; its thread begins with the first and ends with the last."""

    def __init__(self) -> None:
        self._items: list[Watched] = []
        self._lock = threading.Lock()
        self._running = False
        self._list = places.machine_list()
        self._list_stamp = _stamp(self._list)
        self._listed = ""

    def add(self, item: Watched) -> None:
        """Look after one machine from now on, until it is stopped."""
        with self._lock:
            self._items.append(item)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="watch", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        tick = 0
        while True:
            pause.wait(_TICK)
            with self._lock:
                self._items = [item for item in self._items if not item.stopped]
                items = list(self._items)
                if not items:
                    self._running = False
                    return
            tick += 1
            self._read_list()
            for item in items:
                item.look(tick % _PROCESS_EVERY == 0, self._delisted)
            self._listed = ""

    def _read_list(self) -> None:
        """VirtualBox's list of machines, if it has changed since the last look."""
        stamp = _stamp(self._list)
        if stamp != self._list_stamp:
            self._list_stamp = stamp
            try:
                self._listed = self._list.read_text("utf-8", "replace")
            except OSError:
                self._listed = ""

    def _delisted(self, uuid: str) -> bool:
        return bool(self._listed) and uuid not in self._listed


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _identity(path: Path) -> int:
    return _stamp(path)[0]


def _size(path: Path) -> int:
    return _stamp(path)[1]
