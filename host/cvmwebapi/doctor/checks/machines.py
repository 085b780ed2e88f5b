"""Ledger, folders and VirtualBox must agree about our machines; who holds one that does not run?"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cvmwebapi.doctor.checks import virtualbox
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.hypervisor import parsing
from cvmwebapi.sessions.ledger import HALF_DONE, Ledger, Row
from cvmwebapi.states import State

ID = "machines"
_LISTED = re.compile(r'^"(.*)" \{([0-9a-f-]{36})\}$', re.MULTILINE)
_OURS = "CernVM "
_INACCESSIBLE = "<inaccessible>"


@dataclass(frozen=True)
class Facts:
    """``listed`` is what VirtualBox has, UUID → name, ``None`` when it can't be asked; ``infos`` is ``showvminfo``."""

    rows: Sequence[Row]
    folders: Sequence[Path]
    listed: Mapping[str, str] | None
    infos: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    machines: Path = Path()


def look(around: Surroundings) -> Iterator[Finding]:
    """Asks VirtualBox once, and once more for each machine of ours."""
    try:
        rows = _rows(around)
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        yield Finding("ledgerBroken", {"file": str(_file(around)), "detail": str(error)})
        return
    facts = gather(around, rows)
    found = list(judge(facts))
    yield from found
    if not found:
        yield Finding("machinesFine", {"count": len(rows)})


def _file(around: Surroundings) -> Path:
    return around.data / "ledger.sqlite"


def _rows(around: Surroundings) -> list[Row]:
    return Ledger(_file(around)).all() if _file(around).exists() else []


def gather(around: Surroundings, rows: Sequence[Row]) -> Facts:
    """Who is there."""
    machines = around.data / "machines"
    folders = sorted(item for item in machines.iterdir() if item.is_dir()) if machines.is_dir() else []
    manage = virtualbox.gather(around).path
    answer = around.run([manage, "list", "vms"]) if manage else None
    if answer is None or answer.status != 0:
        return Facts(rows, folders, None, machines=machines)
    listed = {uuid: name for name, uuid in _LISTED.findall(answer.text)}
    known = {row.vm for row in rows}
    infos = {}
    for uuid, name in listed.items():
        if (uuid in known or name.startswith(_OURS)) and not around.cancelled.is_set():
            shown = around.run([manage, "showvminfo", uuid, "--machinereadable"])
            infos[uuid] = parsing.machine_info(shown.text) if shown.status == 0 else {}
    return Facts(rows, folders, listed, infos, machines)


def judge(facts: Facts) -> Iterator[Finding]:
    """What does not agree. Pure."""
    ids = {row.id for row in facts.rows}
    for folder in facts.folders:
        if folder.name not in ids:
            yield Finding("folderLeftOver", {"folder": str(folder)}, part=folder.name, repair=True)
    for row in facts.rows:
        yield from _row(row, facts)
    yield from _strangers(facts)


def _row(row: Row, facts: Facts) -> Iterator[Finding]:
    params: dict[str, str | int] = {"name": row.name, "domain": row.domain}
    if row.phase in HALF_DONE:
        yield Finding("machineHalf", params, part=row.id, repair=True)
        return
    if row.phase != "made" or facts.listed is None:
        return
    if row.vm not in facts.listed:
        yield Finding("machineGone", params, part=row.id, repair=True)
        return
    if facts.listed[row.vm] == _INACCESSIBLE:
        yield Finding("machineInaccessible", params, part=row.id)
        return
    info = facts.infos.get(row.vm, {})
    word = info.get("VMState", "")
    if word.lower() in parsing.STUCK:
        yield Finding("machineStuck", params, part=row.id)
    elif info.get("SessionName") and parsing.state(word) in (State.POWEROFF, State.SAVED):
        yield Finding("machineLocked", {**params, "holder": info["SessionName"]}, part=row.id)


def _strangers(facts: Facts) -> Iterator[Finding]:
    """Machines that lie in our folder, of which the ledger knows nothing."""
    known = {row.vm for row in facts.rows}
    for uuid, info in facts.infos.items():
        file = info.get("CfgFile", "")
        if uuid not in known and file and facts.machines in Path(file).parents:
            yield Finding("machineOrphan", {"name": info.get("name", uuid)}, part=uuid, repair=True)


def repair(around: Surroundings, part: str) -> None:
    """Remove what belongs to nobody; bring half a machine to its end, and a lost one back."""
    rows = {row.id: row for row in _rows(around)}
    found = next((item for item in look(around) if item.part == part and item.repair), None)
    if found is None:
        return
    if found.advice == "folderLeftOver":
        shutil.rmtree(around.data / "machines" / part)
    elif found.advice == "machineOrphan":
        manage = virtualbox.gather(around).path
        around.run([manage, "controlvm", part, "poweroff"], 60)
        around.run([manage, "unregistervm", part, "--delete"], 60)
    elif part in rows:
        from cvmwebapi.sessions import turn
        from cvmwebapi.sessions.manager import Sessions

        work = Sessions.open(lambda session, event, args: None).work(part)
        # A living host that is at work on it has its turn.
        with turn.taken(part, around.cancelled.is_set):
            if work.half_done():
                work.repair()
            else:
                work.recover()
