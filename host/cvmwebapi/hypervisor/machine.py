"""What is done to one machine, in as few calls of VBoxManage as there can be."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import log_reading, parsing, places, refusals, vm_process
from cvmwebapi.hypervisor.drives import Drives
from cvmwebapi.hypervisor.hardware import (
    RULE,
    Hardware,
    Tuning,
    fixed_options,
    is_floppy,
    is_iso,
    rule,
    tuning_options,
)
from cvmwebapi.hypervisor.known_machine import KnownMachine
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.states import ALIVE, State
from cvmwebapi.tasks import Task
from cvmwebapi.texts import phrase
from cvmwebapi.texts.codes import StepCode

_LEAVING_SECONDS = 20.0
"""A process that was told to end may still write its disks out."""
_HELD_EVERY = 0.25
"""Seconds between two tries to remove what VirtualBox still holds."""

_UUID = re.compile(r"\{([0-9a-f-]{36})\}")


class Machine(KnownMachine):
    """One machine, and all that we do to it."""

    def __init__(self, vbox: VBoxManage, uuid: str, name: str, folder: Path) -> None:
        # For people who look into VirtualBox's own window; it never starts like an option.
        super().__init__(vbox, uuid, f"{places.PREFIX}{name}", folder)
        self._drives = Drives(vbox, uuid)

    def create(self, hardware: Hardware) -> None:
        """Register the machine with its disks and rules, powered off."""
        step: StepCode = "createMachine"
        self._vbox.run(
            "createvm", "--name", self._label, "--uuid", self.uuid, "--basefolder", self.folder,
            "--ostype", "Linux26_64" if hardware.bits64 else "Linux26", "--register", step=step,
        )  # fmt: skip
        dialect = self._vbox.dialect
        options = [*fixed_options(hardware, self.folder / "serial.log"), *dialect.hardening(hardware.clipboard)]
        options += [*tuning_options(hardware.tuning), "--natpf1", rule(hardware.tuning)]
        self._modify(*options, optional=dialect.built_in_rdp(), step=step)
        self._drives.fill(hardware, self.files.disk)

    def _modify(self, *options: str | Path, optional: tuple[str, ...], step: StepCode) -> None:
        """``optional``: done without, where a distribution's VirtualBox does not have it."""
        try:
            self._vbox.call("modifyvm", self.uuid, *options, *optional, step=step)
        except VBoxManageFailed as error:
            if not optional or "extension pack" not in error.text.lower():
                raise refusals.as_error(error.text, step) from error
            self._vbox.run("modifyvm", self.uuid, *options, step=step)

    def boot(self, headful: bool, task: Task) -> None:
        """Power on, or wake up from the saved state; fine when someone else was faster.

        Raises ``CVMError``, where VBox.log knows one with its true cause; as ``task.check`` while it waits to begin.
        """

        def passes(text: str) -> bool:
            return self._start_passes(text, task)

        self._end_leftover(task)
        kind = "gui" if headful else "headless"
        step: StepCode = "startMachine"
        try:
            self._vbox.call("startvm", self.uuid, "--type", kind, step=step, seconds=180, passes=passes, task=task)
        except VBoxManageFailed as error:
            if refusals.locked(error.text) and self.look(task).state in ALIVE:
                return
            raise self._why_not_started(error.text, step) from error

    def _start_passes(self, text: str, task: Task) -> bool:
        if not refusals.locked(text):
            return refusals.passes(text)
        look = self.look(task)
        if look.word in parsing.STUCK:
            self.power_off()
        return look.state not in ALIVE

    def _why_not_started(self, text: str, step: StepCode) -> CVMError:
        if not refusals.cause(text):
            for trouble in log_reading.last(self.files.log).troubles:
                return CVMError(trouble)
        return refusals.as_error(text, step)

    def ended_in_order(self) -> bool:
        """Whether its last run ended as runs should, as its log tells."""
        words = log_reading.last(self.files.log).states
        return not words or words[-1].lower() in parsing.IN_ORDER

    def tune(self, tuning: Tuning, power_off: bool) -> None:
        """Change what may be changed; of a saved machine (``power_off`` is false) that is the port alone."""
        self._vbox.run(
            "modifyvm", self.uuid, *(tuning_options(tuning) if power_off else ()),
            "--natpf1", "delete", RULE, "--natpf1", rule(tuning), step="changeMachine",
        )  # fmt: skip

    def forward_live(self, tuning: Tuning) -> None:
        """Forward another port while it runs."""
        step: StepCode = "forwardPort"
        with contextlib.suppress(VBoxManageFailed):
            # Where the old one could not be had, the rule may be gone already.
            self._vbox.call("controlvm", self.uuid, "natpf1", "delete", RULE, step=step)
        self._vbox.run("controlvm", self.uuid, "natpf1", rule(tuning), step=step)

    def cap(self, percent: int) -> None:
        """How much of its CPUs it may use, from now on."""
        self.control("cpuexecutioncap", str(percent), step="changeCap")

    def control(self, word: str, *arguments: str, step: StepCode, seconds: float = 90.0) -> None:
        """``controlvm``: pause, resume, reset, savestate…"""
        self._vbox.run("controlvm", self.uuid, word, *arguments, step=step, seconds=seconds)

    def save_detached(self) -> None:
        """Begin to save it, and don't wait."""
        self._vbox.detached("controlvm", self.uuid, "savestate")

    def power_off_detached(self) -> None:
        """Begin to pull the plug, and don't wait."""
        self._vbox.detached("controlvm", self.uuid, "poweroff")

    def power_off(self) -> None:
        """Pull the plug; fine when it is off already. A process that does not let go is ended."""
        step: StepCode = "stopMachine"
        try:
            self._vbox.call("controlvm", self.uuid, "poweroff", step=step, seconds=60, passes=refusals.gone)
        except CVMError as error:
            if error.name != "hypervisorTimeout":
                raise
            self._kill()
        except VBoxManageFailed as error:
            look = self.look()
            if look.word in parsing.STUCK or look.state not in (State.POWEROFF, State.MISSING, State.SAVED):
                self._kill()
                if self.look().state not in (State.POWEROFF, State.MISSING, State.SAVED):
                    raise refusals.as_error(error.text, step) from error
        self._end_leftover()

    def _kill(self) -> None:
        process = vm_process.find(self.files.log, self.uuid)
        if process:
            vm_process.end(process, 0.0)

    def _end_leftover(self, task: Task | None = None) -> None:
        """End a process that VirtualBox has lost sight of (VBoxSVC was killed): two on one disk would destroy it."""
        process = vm_process.find(self.files.log, self.uuid)
        if process is None or self.look(task).state in ALIVE:
            return
        words = log_reading.last(self.files.log).states
        leaving = not words or parsing.state(words[-1]) not in ALIVE
        vm_process.end(process, _LEAVING_SECONDS if leaving else 0.5)

    def discard(self) -> None:
        """Throw the saved state away."""
        self._vbox.run("discardstate", self.uuid, step="discardState")

    def unregister(self) -> None:
        """Take it off VirtualBox's list, with all its files left where they are; fine when it is off already."""
        with contextlib.suppress(VBoxManageFailed):
            self._vbox.call("unregistervm", self.uuid, step="takeOff")

    def adopt(self) -> bool:
        """Register it again if someone has only taken it off VirtualBox's list; ``False`` when its files are gone."""
        if not self.files.settings.exists():
            return False
        self._vbox.run("registervm", self.files.settings, step="takeBack")
        return True

    def destroy(self, context: Path, boot: Path | None, half: bool = False) -> None:
        """Remove the machine, its disks, its context medium and its folder; fine when part of it is gone already.

        ``half``: it was being made or removed when a host was killed, so that a disk may be there without a machine.
        """
        try:
            self._vbox.call("unregistervm", self.uuid, "--delete", step="removeMachine")
        except VBoxManageFailed as error:
            if not refusals.unknown_machine(error.text):
                raise refusals.as_error(error.text, "removeMachine") from error
        # Not registered, or (the boot image) still in use by another machine: both are fine.
        if half:
            self._close("disk", self.files.disk)
        self._close("floppy" if is_floppy(context) else "dvd", context)
        if boot:
            self._close("dvd" if is_iso(boot) else "disk", boot)
        _remove_folder(self.folder)

    def _close(self, kind: str, medium: Path) -> None:
        with contextlib.suppress(VBoxManageFailed):
            self._vbox.call("closemedium", kind, medium, step="releaseMedia", passes=refusals.gone)

    def running(self) -> set[str]:
        """The UUIDs of all machines that run or are paused, whosever they are. Raises ``CVMError``."""
        return set(_UUID.findall(self._vbox.run("list", "runningvms", step="listMachines")))


def _remove_folder(folder: Path) -> None:
    for _ in range(8):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        # VirtualBox may hold a file for a moment longer.
        time.sleep(_HELD_EVERY)
    raise CVMError("hypervisorFailed", step=phrase.step("letGoOfFiles"), detail=str(folder))
