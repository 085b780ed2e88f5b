"""Puts right what the check of machines has found; each repair touches what is ours alone."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

from cvmwebapi.doctor import machine_facts
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import calls, detect, vm_process
from cvmwebapi.hypervisor.machine import Machine
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.sessions.ledger import rescue
from cvmwebapi.sessions.ledger.rows import Stage
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.lifecycle import turn
from cvmwebapi.sessions.lifecycle.work import Work
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task


def repair(around: Surroundings, found: Finding) -> None:
    """Raises ``CVMError``: those of the hypervisor, ``machineLocked`` when a host is at work on the machine."""
    part = found.part
    if found.advice == "ledgerBroken":
        rescue.begin_anew(paths.ledger(around.data))
    elif found.advice == "folderLeftOver":
        shutil.rmtree(paths.machines_folder(around.data) / part)
    elif found.advice == "machineOrphan":
        _remove_orphan(around, part)
    elif found.advice == "mediumLeftOver":
        _close_media(around, part)
    else:
        _repair_session(around, found)


def _vbox(around: Surroundings) -> VBoxManage:
    return VBoxManage(
        lambda: detect.vboxmanage(around.settings.vboxmanage, around.system, around.environment, around.registry)
    )


def _remove_orphan(around: Surroundings, uuid: str) -> None:
    vbox, machines = _vbox(around), paths.machines_folder(around.data)
    file = Path(Machine(vbox, uuid, "", machines).look(around.task).info.get("CfgFile", ""))
    if machines not in file.parents:
        return
    folder = machines / file.relative_to(machines).parts[0]
    machine = Machine(vbox, uuid, "", folder)
    attached = set(machine.look(around.task).info.values())
    machine.power_off()
    machine.destroy(folder / "context.iso", None, half=True)
    for medium in machine_facts.Asking(vbox).media(folder, paths.images_folder(around.cache)):
        if folder in medium.file.parents or str(medium.file) in attached:
            _close(vbox, medium)


def _close_media(around: Surroundings, uuid: str) -> None:
    vbox = _vbox(around)
    folders = paths.machines_folder(around.data), paths.images_folder(around.cache)
    for medium in machine_facts.Asking(vbox).media(*folders):
        if medium.uuid == uuid:
            _close(vbox, medium)


def _close(vbox: VBoxManage, medium: machine_facts.Medium) -> None:
    with contextlib.suppress(VBoxManageFailed):
        vbox.call("closemedium", medium.kind, medium.uuid, step="releaseMedia")


def _repair_session(around: Surroundings, found: Finding) -> None:
    ledger = Ledger(paths.ledger(around.data))
    work = Work(found.part, ledger, around.settings, _vbox(around))
    if found.advice == "machineHalf" and work.row.stage is Stage.NONE:
        # VirtualBox has a machine that the ledger holds to be removed.
        ledger.change(found.part, lambda row: replace(row, stage=Stage.DESTROYING))
    try:
        # A living host that is at work on it has its turn.
        with turn.taken(found.part, around.task, seconds=60):
            _REPAIRS[found.advice](work, around.task)
    except TimeoutError:
        raise CVMError("machineLocked") from None


def _bring_back(work: Work, task: Task) -> None:
    if work.half_done():
        work.repair(task)
    else:
        work.readopt()


def _let_go(work: Work, _task: Task) -> None:
    calls.end((work.row.vm,))


def _stop(work: Work, _task: Task) -> None:
    # VirtualBox can't be asked where its log is: it would wait for that very process.
    process = vm_process.find(work.machine.files.log, work.machine.uuid)
    if process:
        vm_process.end(process, 0.0)
    work.machine.power_off()


def _earlier_settings(work: Work, _task: Task) -> None:
    """What can't be read is kept beside them, as ``.vbox-damaged``."""
    earlier = work.machine.files.earlier_settings
    if earlier is None:
        return
    damaged = earlier.with_suffix(".vbox")
    work.machine.unregister()
    if damaged.exists():
        damaged.replace(earlier.with_suffix(".vbox-damaged"))
    shutil.copyfile(earlier, damaged)
    work.machine.adopt()


_REPAIRS = {
    "machineHalf": _bring_back,
    "machineGone": _bring_back,
    "machineHangs": _stop,
    "machineStuck": _stop,
    "machineLocked": _let_go,
    "machineInaccessible": _earlier_settings,
}
