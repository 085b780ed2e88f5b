"""Ledger, folders and VirtualBox must agree about our machines; who holds one that does not run?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cvmwebapi.doctor import machine_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.machine_facts import Facts
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import parsing
from cvmwebapi.sessions.ledger.rows import HALF_DONE, SessionRow, Stage
from cvmwebapi.states import State

_AT_REST = (State.POWEROFF, State.SAVED)


def look(around: Surroundings) -> Iterator[Finding]:
    """Asks VirtualBox for its lists, and once more for each machine of ours."""
    # Folders first: a session is written down before it gets one.
    folders = machine_facts.folders(around)
    try:
        rows = machine_facts.rows(around)
    except CVMError as error:
        yield Finding(error.name, dict(error.params), part="ledger", repair=error.name == "ledgerBroken")
        return
    facts = machine_facts.gather(around, rows, folders)
    found = list(judge(facts))
    yield from found
    if not found:
        yield Finding("machinesFine", {"count": len(rows)})


def judge(facts: Facts) -> Iterator[Finding]:
    """What does not agree. Pure."""
    if facts.silent:
        yield Finding("virtualboxSilent", command="pkill -KILL -x VBoxSVC")
    elif facts.fault:
        command = f'cp "{facts.registry}-prev" "{facts.registry}"' if facts.registry else ""
        yield Finding("listUnreadable", {"detail": facts.fault}, command=command)
    strangers = list(_strangers(facts))
    inhabited = {folder for _finding, folder in strangers}
    ids = {row.id for row in facts.rows}
    for folder in facts.folders:
        if folder.name not in ids and folder not in inhabited:
            # As long as VirtualBox can't be asked, a machine may be running in it.
            sure = facts.listed is not None or not facts.installed
            yield Finding("folderLeftOver", {"folder": str(folder)}, part=folder.name, repair=sure)
    for row in facts.rows:
        yield from _row(row, facts)
    for finding, _folder in strangers:
        yield finding
    for medium in facts.media:
        if _left_over(medium.file, facts, ids, inhabited):
            yield Finding("mediumLeftOver", {"file": str(medium.file)}, part=medium.uuid, repair=True)


def _left_over(file: Path, facts: Facts, ids: set[str], inhabited: set[Path]) -> bool:
    home = next((folder for folder in file.parents if folder.parent == facts.machines), None)
    if home:
        return home.name not in ids and home not in inhabited
    used = {row.iso for row in facts.rows} | {value for info in facts.infos.values() for value in info.values()}
    return str(file) not in used


def _row(row: SessionRow, facts: Facts) -> Iterator[Finding]:
    params: Params = {"name": row.name, "domain": row.domain}
    if row.stage in HALF_DONE or (row.stage is Stage.NONE and row.vm in (facts.listed or ())):
        yield Finding("machineHalf", params, part=row.id, repair=True)
        return
    if row.stage is not Stage.MADE or facts.listed is None:
        return
    if row.vm in facts.hanging:
        yield Finding("machineHangs", params, part=row.id, repair=True)
        return
    if row.vm not in facts.listed:
        yield Finding("machineGone", params, part=row.id, repair=True)
        return
    if facts.listed[row.vm] == machine_facts.INACCESSIBLE:
        yield Finding("machineInaccessible", params, part=row.id, repair=row.vm in facts.earlier)
        return
    info = facts.infos.get(row.vm, {})
    word = info.get("VMState", "")
    holder = info.get("SessionName") or facts.calls.get(row.vm, "")
    if word.lower() in parsing.STUCK:
        yield Finding("machineStuck", params, part=row.id, repair=True)
    elif holder and parsing.state(word) in _AT_REST:
        # A window of VirtualBox's is a person's; a call that hangs is nobody's.
        ours = row.vm in facts.calls
        yield Finding("machineLocked", {**params, "holder": holder}, part=row.id, repair=ours)


def _strangers(facts: Facts) -> Iterator[tuple[Finding, Path]]:
    """Machines that lie in our folder, of which the ledger knows nothing; and the folder of each."""
    known = {row.vm for row in facts.rows}
    for uuid, info in facts.infos.items():
        file = Path(info.get("CfgFile", ""))
        if uuid not in known and facts.machines in file.parents:
            folder = facts.machines / file.relative_to(facts.machines).parts[0]
            yield Finding("machineOrphan", {"name": info.get("name", uuid)}, part=uuid, repair=True), folder


def repair(around: Surroundings, part: str) -> None:
    """Remove what belongs to nobody; bring half a machine to its end, a lost one back, a stuck one to rest.

    Raises ``CVMError`` of the hypervisor.
    """
    from cvmwebapi.doctor import machine_repairs

    found = next((item for item in look(around) if item.part == part and item.repair), None)
    if found is not None:
        machine_repairs.repair(around, found)


CHECK = Check(
    __name__,
    look=look,
    advice={
        "machinesFine": Advice("ok"),
        "ledgerBroken": Advice("problem"),
        "ledgerNewer": Advice("problem"),
        "virtualboxSilent": Advice("problem"),
        "listUnreadable": Advice("problem"),
        "machineHalf": Advice("problem"),
        "machineGone": Advice("problem"),
        "machineInaccessible": Advice("problem", waited_for=True),
        "machineStuck": Advice("problem"),
        "machineHangs": Advice("problem", waited_for=True),
        "machineLocked": Advice("warning", waited_for=True),
        "machineOrphan": Advice("warning"),
        "folderLeftOver": Advice("warning"),
        "mediumLeftOver": Advice("warning"),
    },
    explains=("machineLocked", "hypervisorTimeout"),
    may_explain=("hypervisorFailed", "machineAborted"),
    about_sessions=True,
    repair=repair,
)
