"""What is done to one machine, in as few calls of VBoxManage as there can be."""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import parsing
from cvmwebapi.hypervisor.vboxmanage import VBoxManage, VBoxManageFailed
from cvmwebapi.states import State

_CONTROLLER = "SATA"
_RULE = "api"
_LOOK_EVERY = 0.25
_LOOKS = 240
"""A large machine may take a minute to be saved."""
_UNKNOWN = ("could not find a registered machine", "vbox_e_object_not_found", "0x80bb0001")


@dataclass(frozen=True)
class Hardware:
    """What a machine is made of; ``memory`` and ``disk`` in MB (``disk`` 0: none), ``execution_cap`` in percent."""

    cpus: int
    memory: int
    disk: int
    execution_cap: int
    bits64: bool
    port: int
    api_port: int
    boot_iso: Path
    context_iso: Path
    serial_log: bool = False


class Machine:
    """One machine: ``uuid`` names it in every call, ``folder`` holds all its files."""

    def __init__(self, vbox: VBoxManage, uuid: str, name: str, folder: Path) -> None:
        self._vbox = vbox
        self.uuid = uuid
        # For people who look into VirtualBox's own window; it never starts like an option.
        self._label = f"CernVM {name}"
        self.folder = folder

    @property
    def log_file(self) -> Path:
        """VBox.log of the present or last run."""
        return self.folder / self._label / "Logs" / "VBox.log"

    def create(self, hardware: Hardware) -> None:
        """Register the machine with its disks and rules, powered off."""
        what = "create the virtual machine"
        disk = self.folder / self._label / "scratch.vdi"
        self._vbox.run(
            "createvm", "--name", self._label, "--uuid", self.uuid, "--basefolder", self.folder,
            "--ostype", "Linux26_64" if hardware.bits64 else "Linux26", "--register", what=what,
        )  # fmt: skip
        self._vbox.run("modifyvm", self.uuid, *_options(hardware, self.folder / "serial.log"), what=what)
        ports = 3 if hardware.disk else 2
        self._vbox.run(
            "storagectl", self.uuid, "--name", _CONTROLLER, "--add", "sata", "--portcount", str(ports), what=what
        )
        self._attach(0, "dvddrive", hardware.boot_iso)
        self._attach(1, "dvddrive", hardware.context_iso)
        if hardware.disk:
            self._vbox.run(
                "createmedium", "disk", "--filename", disk, "--size", str(hardware.disk), what="create the disk"
            )
            self._attach(2, "hdd", disk)

    def _attach(self, port: int, kind: str, medium: Path) -> None:
        self._vbox.run(
            "storageattach", self.uuid, "--storagectl", _CONTROLLER, "--port", str(port), "--device", "0",
            "--type", kind, "--medium", medium, what=f"attach {medium.name}",
        )  # fmt: skip

    def boot(self, headful: bool = False) -> None:
        """Power on, or wake up from the saved state."""
        kind = "gui" if headful else "headless"
        self._vbox.run("startvm", self.uuid, "--type", kind, what="start the virtual machine", seconds=180)

    def forward(self, port: int, api_port: int) -> None:
        """Forward another port of this computer to the guest; only while powered off or saved."""
        self._vbox.run(
            "modifyvm", self.uuid, "--natpf1", "delete", _RULE, "--natpf1", _rule(port, api_port),
            what="forward a port to the virtual machine",
        )  # fmt: skip

    def control(self, word: str, *arguments: str, what: str, seconds: float = 90.0) -> None:
        """``controlvm``: pause, resume, reset, savestate, cpuexecutioncap N…"""
        self._vbox.run("controlvm", self.uuid, word, *arguments, what=what, seconds=seconds)

    def power_off(self) -> None:
        """Pull the plug; fine when it is off already."""
        try:
            self._vbox.call("controlvm", self.uuid, "poweroff", what="stop the virtual machine")
        except VBoxManageFailed as error:
            if self.state() not in (State.POWEROFF, State.MISSING, State.SAVED):
                raise CVMError("hypervisorFailed", what="stop the virtual machine", detail=error.text[:300]) from error

    def discard(self) -> None:
        """Throw the saved state away."""
        self._vbox.run("discardstate", self.uuid, what="discard the saved state")

    def destroy(self, context_iso: Path, boot_iso: Path | None) -> None:
        """Remove the machine, its disks, its context medium and its folder; fine when part of it is gone already."""
        try:
            self._vbox.call("unregistervm", self.uuid, "--delete", what="remove the virtual machine")
        except VBoxManageFailed as error:
            if not _unknown(error):
                raise CVMError(
                    "hypervisorFailed", what="remove the virtual machine", detail=error.text[:300]
                ) from error
        for medium in (context_iso, boot_iso):
            # Not registered, or (the boot image) still in use by another machine: both are fine.
            with contextlib.suppress(VBoxManageFailed):
                if medium:
                    self._vbox.call("closemedium", "dvd", medium, what="release the boot media")
        shutil.rmtree(self.folder, ignore_errors=True)

    def state(self) -> State:
        """The state as VirtualBox knows it; waits for a machine that is on its way to another one.

        Raises ``CVMError("hypervisorTimeout")`` when it gets nowhere.
        """
        for _ in range(_LOOKS):
            info = self.info()
            if not info:
                return State.MISSING
            found = parsing.state(info.get("VMState", ""))
            if found is not None:
                return found
            time.sleep(_LOOK_EVERY)
        raise CVMError("hypervisorTimeout", seconds=int(_LOOKS * _LOOK_EVERY), what="bring the machine to rest")

    def info(self) -> dict[str, str]:
        """``showvminfo``; empty when there is no such machine."""
        try:
            return parsing.machine_info(
                self._vbox.call("showvminfo", self.uuid, "--machinereadable", what="look at the virtual machine")
            )
        except VBoxManageFailed as error:
            if _unknown(error):
                return {}
            raise CVMError("hypervisorFailed", what="look at the virtual machine", detail=error.text[:300]) from error


def _unknown(error: VBoxManageFailed) -> bool:
    text = error.text.lower()
    return any(sign in text for sign in _UNKNOWN)


def _rule(port: int, api_port: int) -> str:
    return f"{_RULE},tcp,127.0.0.1,{port},,{api_port}"


def _options(hardware: Hardware, serial_log: Path) -> list[str | Path]:
    options: list[str | Path] = [
        "--cpus", str(hardware.cpus), "--memory", str(hardware.memory), "--vram", "16",
        "--cpuexecutioncap", str(hardware.execution_cap), "--ioapic", "on",
        "--boot1", "dvd", "--boot2", "disk", "--boot3", "none", "--boot4", "none",
        "--nic1", "nat", "--nictype1", "virtio", "--natdnshostresolver1", "on",
        "--natpf1", _rule(hardware.port, hardware.api_port),
        # Hardening, see guest.md.
        "--nat-localhostreachable1", "off",
        "--clipboard-mode", "disabled", "--drag-and-drop", "disabled",
        "--audio-enabled", "off", "--usb-ohci", "off", "--usb-ehci", "off", "--usb-xhci", "off", "--vrde", "off",
    ]  # fmt: skip
    if hardware.serial_log:
        options += ["--uart1", "0x3F8", "4", "--uartmode1", "file", serial_log]
    return options
