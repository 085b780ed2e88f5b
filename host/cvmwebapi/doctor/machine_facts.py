"""What ledger, folders, VirtualBox and the list of processes say about our machines."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cvmwebapi.doctor import virtualbox_facts
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import calls, parsing, places, refusals, versions, vm_process
from cvmwebapi.hypervisor.places import MachineFiles
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.system import paths
from cvmwebapi.texts.phrase import Value

INACCESSIBLE = "<inaccessible>"
_LISTED = re.compile(r'^"(.*)" \{([0-9a-f-]{36})\}$', re.MULTILINE)
_MEDIUM = re.compile(r"^UUID:\s+(\S+)$|^Location:\s+(.*)$", re.MULTILINE)
_MORE = 4.0
"""Seconds beyond the patience for a program: VirtualBox itself stalls for 10 now and then."""
_LONG = 10.0
"""Seconds after which a call that nobody waits for counts as hanging."""
_AT_ONCE = 4


@dataclass(frozen=True)
class Medium:
    """One of VirtualBox's list of media. ``kind`` is ``disk``, ``dvd`` or ``floppy``."""

    kind: str
    uuid: str
    file: Path


@dataclass(frozen=True)
class Facts:
    """``listed`` is what VirtualBox has, UUID → name, ``None`` when it can't be asked; ``infos`` is ``showvminfo``."""

    rows: Sequence[SessionRow]
    folders: Sequence[Path]
    listed: Mapping[str, str] | None
    infos: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    machines: Path = Path()
    media: Sequence[Medium] = ()
    """Those in our folders, of machines and of images."""
    hanging: frozenset[str] = frozenset()
    """UUIDs of machines whose process is there, but does not answer."""
    calls: Mapping[str, str] = field(default_factory=dict)
    """UUID → the call of VBoxManage that holds the machine, and does not end."""
    earlier: frozenset[str] = frozenset()
    """Of those whose settings were kept as they were before the last change."""
    installed: bool = True
    silent: bool = False
    """VirtualBox does not answer at all."""
    fault: Value = ""
    """Why it can't tell its machines."""
    registry: str = ""
    """VirtualBox's own list of machines, where it is damaged and an earlier one is there."""


def rows(around: Surroundings) -> list[SessionRow]:
    """The sessions. Raises ``CVMError``: ``ledgerBroken``, ``ledgerNewer``."""
    file = paths.ledger(around.data)
    if not file.exists():
        return []
    with contextlib.closing(Ledger(file)) as ledger:
        return ledger.all()


def folders(around: Surroundings) -> list[Path]:
    """The folders of machines."""
    machines = paths.machines_folder(around.data)
    return sorted(item for item in machines.iterdir() if item.is_dir()) if machines.is_dir() else []


def gather(around: Surroundings, rows: Sequence[SessionRow], folders: Sequence[Path]) -> Facts:
    """Ask VirtualBox, and look for processes."""
    machines = paths.machines_folder(around.data)
    found = virtualbox_facts.of(around)
    if not versions.parse(found.answer):
        # Missing or broken is another check's matter.
        return Facts(rows, folders, None, machines=machines, installed=bool(found.path))
    asking = Asking(VBoxManage(lambda: Path(found.path)), around.patience + _MORE)
    try:
        listed = {uuid: name for name, uuid in _LISTED.findall(asking.ask("list", "vms"))}
    except CVMError:
        return Facts(rows, folders, None, machines=machines, silent=True)
    except VBoxManageFailed as error:
        registry = _damaged_registry(around) if "virtualbox.xml" in error.text.lower() else ""
        fault = refusals.main_message(error.text)
        return Facts(rows, folders, None, machines=machines, fault=fault, registry=registry)
    known = {row.vm: MachineFiles(machines / row.id) for row in rows}
    for uuid, files in known.items():
        # Its folder was deleted: VirtualBox keeps the entry, but there is nothing left to be read.
        if listed.get(uuid) == INACCESSIBLE and not files.settings.exists():
            del listed[uuid]
    wanted = [uuid for uuid, name in listed.items() if uuid in known or name.startswith(places.PREFIX)]
    stopped = {uuid for uuid in wanted if uuid in known and _stopped(known[uuid].log, uuid)}
    infos, hanging = asking.about(uuid for uuid in wanted if uuid not in stopped)
    return Facts(
        rows,
        folders,
        listed,
        infos,
        machines,
        media=asking.media(machines, paths.images_folder(around.cache)),
        hanging=frozenset(stopped | (hanging & set(known))),
        calls={uuid: name for uuid in known if (name := _hanging_call(uuid))},
        earlier=frozenset(uuid for uuid, files in known.items() if files.earlier_settings),
    )


class Asking:
    """Questions that change nothing."""

    def __init__(self, vbox: VBoxManage, seconds: float = 30.0) -> None:
        self._vbox = vbox
        self._seconds = seconds

    def ask(self, *words: str) -> str:
        """Raises ``CVMError("hypervisorTimeout")``, ``VBoxManageFailed``."""
        return self._vbox.call(*words, step="tellMachines", seconds=self._seconds, passes=refusals.gone)

    def about(self, uuids: Iterable[str]) -> tuple[dict[str, dict[str, str]], set[str]]:
        """What it tells of each, side by side; and of which it does not answer."""
        infos: dict[str, dict[str, str]] = {}
        hanging = set()

        def one(uuid: str) -> None:
            try:
                infos[uuid] = parsing.machine_info(self.ask("showvminfo", uuid, "--machinereadable"))
            except CVMError:
                hanging.add(uuid)
            except VBoxManageFailed:
                infos[uuid] = {}

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(one, uuids))
        return infos, hanging

    def media(self, *folders: Path) -> list[Medium]:
        """Those of its list that lie in one of ``folders``."""
        found = []
        for kind, word in (("disk", "hdds"), ("dvd", "dvds"), ("floppy", "floppies")):
            try:
                text = self.ask("list", word)
            except (CVMError, VBoxManageFailed):
                continue
            uuid = ""
            for match in _MEDIUM.finditer(text):
                if match[1]:
                    uuid = match[1]
                elif any(folder in Path(match[2]).parents for folder in folders):
                    found.append(Medium(kind, uuid, Path(match[2])))
        return found


def _stopped(log: Path, uuid: str) -> bool:
    import psutil

    process = vm_process.find(log, uuid)
    try:
        return process is not None and process.status() == psutil.STATUS_STOPPED
    except psutil.Error:
        return False


def _hanging_call(uuid: str) -> str:
    import psutil

    for process in calls.about((uuid,)):
        try:
            if time.time() - process.create_time() >= _LONG:
                return f"{process.name()}, process {process.pid}"
        except psutil.Error:
            continue
    return ""


def _damaged_registry(around: Surroundings) -> str:
    file = places.machine_list(around.home, around.environment, around.system)
    return str(file) if file.exists() and Path(f"{file}-prev").exists() else ""
