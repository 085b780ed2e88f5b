"""What is in the drives of a machine: disks of its own, disks that many share, CDs, floppies."""

from __future__ import annotations

from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import parsing, refusals
from cvmwebapi.hypervisor.hardware import SHARED, Hardware, is_floppy, slots_of
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.texts.codes import StepCode

_CONTROLLER = "SATA"
_FLOPPY = "Floppy"
_NOT_YET_SHARED = "media type 'MultiAttach'"
_STEP: StepCode = "attachMedia"


class Drives:
    """Of one machine, which is powered off."""

    def __init__(self, vbox: VBoxManage, uuid: str) -> None:
        self._vbox = vbox
        self._uuid = uuid

    def fill(self, hardware: Hardware, scratch_disk: Path) -> None:
        """Make the controllers and the machine's own disk, and attach all media. Raises ``CVMError``."""
        slots = slots_of(hardware, scratch_disk)
        step: StepCode = "createMachine"
        self._vbox.run(
            "storagectl", self._uuid, "--name", _CONTROLLER, "--add", "sata", "--portcount", str(len(slots)), step=step
        )
        if hardware.disk:
            self._vbox.run(
                "createmedium", "disk", "--filename", scratch_disk, "--size", str(hardware.disk),
                step="createDisk",
            )  # fmt: skip
        for port, (kind, medium) in enumerate(slots):
            if kind == SHARED and medium:
                self._attach_shared(port, medium)
            else:
                self._attach(_CONTROLLER, port, kind, medium or "emptydrive")
        if is_floppy(hardware.context):
            self._vbox.run("storagectl", self._uuid, "--name", _FLOPPY, "--add", "floppy", step=step)
            self._attach(_FLOPPY, 0, "fdd", hardware.context)
        if hardware.additions:
            self._insert_additions(len(slots) - 1)

    def _attach(self, controller: str, port: int, kind: str, medium: Path | str, *options: str) -> None:
        self._vbox.run(*self._storage(controller, port, kind, medium), *options, step=_STEP)

    def _storage(self, controller: str, port: int, kind: str, medium: Path | str) -> tuple[str | Path, ...]:
        return (
            "storageattach", self._uuid, "--storagectl", controller, "--port", str(port), "--device", "0",
            "--type", kind, "--medium", medium,
        )  # fmt: skip

    def _attach_shared(self, port: int, medium: Path) -> None:
        """Attach a disk that other machines have, too; each writes to a disk of its own."""
        shared = self._storage(_CONTROLLER, port, "hdd", medium)
        try:
            self._vbox.call(
                *shared, "--mtype", "multiattach", step=_STEP,
                passes=lambda text: _NOT_YET_SHARED not in text and refusals.passes(text),
            )  # fmt: skip
        except VBoxManageFailed as error:
            if _NOT_YET_SHARED not in error.text:
                raise refusals.as_error(error.text, _STEP) from error
        else:
            return
        # VirtualBox makes a disk "multi-attach" only once it belongs to some machine, and is attached to none.
        # Immutable in between: were the host killed here, removing the machine would delete an ordinary disk.
        self._attach(_CONTROLLER, port, "hdd", medium, "--mtype", "immutable")
        written_to = self._image_uuid(port)
        self._attach(_CONTROLLER, port, "hdd", "none")
        if written_to:
            self._vbox.run("closemedium", "disk", written_to, "--delete", step=_STEP)
        self._vbox.run("modifymedium", "disk", medium, "--type", "multiattach", step=_STEP)
        self._attach(_CONTROLLER, port, "hdd", medium)

    def _image_uuid(self, port: int) -> str:
        info = parsing.machine_info(self._vbox.run("showvminfo", self._uuid, "--machinereadable", step=_STEP))
        return info.get(f"{_CONTROLLER}-ImageUUID-{port}-0", "")

    def _insert_additions(self, port: int) -> None:
        step: StepCode = "insertAdditions"
        try:
            self._vbox.call(*self._storage(_CONTROLLER, port, "dvddrive", "additions"), step=step)
        except VBoxManageFailed as error:
            raise CVMError("additionsMissing") from error
