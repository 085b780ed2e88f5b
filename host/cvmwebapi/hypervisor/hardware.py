"""What a machine is made of, as options of VBoxManage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RULE = "api"
"""Name of the rule that forwards a port to the application."""
SHARED = "shared hdd"
"""Kind of a slot whose disk other machines have, too."""


@dataclass(frozen=True)
class Tuning:
    """What may be changed after a machine was made; ``memory`` in MB, ``execution_cap`` in percent."""

    cpus: int
    memory: int
    execution_cap: int
    port: int
    api_port: int


@dataclass(frozen=True)
class Hardware:
    """What a machine is made of; ``disk`` in MB, 0 for none."""

    tuning: Tuning
    disk: int
    bits64: bool
    boot: Path
    """An ISO, or a disk image that other machines boot from, too: what this one writes goes elsewhere."""
    context: Path
    """An ISO, or a floppy (.img)."""
    serial_log: bool = False
    additions: bool = False
    """The CD of the Guest Additions is inserted."""
    clipboard: bool = False
    """Clipboard, and drag and drop, are shared with this computer."""
    host_only: str = ""
    """Adapter of this computer (``host_only.adapter``) that a second network card is on; empty for none."""


def rule(tuning: Tuning) -> str:
    """Forwards the session's port on 127.0.0.1 to the application's in the machine."""
    return f"{RULE},tcp,127.0.0.1,{tuning.port},,{tuning.api_port}"


def tuning_options(tuning: Tuning) -> list[str]:
    """Of ``modifyvm``: what may be changed later."""
    return [
        "--cpus", str(tuning.cpus), "--memory", str(tuning.memory), "--cpuexecutioncap", str(tuning.execution_cap)
    ]  # fmt: skip


def fixed_options(hardware: Hardware, serial_log: Path) -> list[str | Path]:
    """Of ``modifyvm``: what stays as it was made."""
    options: list[str | Path] = [
        "--vram", "16", "--ioapic", "on", "--boot1", "dvd" if is_iso(hardware.boot) else "disk",
        "--boot2", "none", "--boot3", "none", "--boot4", "none",
        "--nic1", "nat", "--nictype1", "virtio", "--natdnshostresolver1", "on",
    ]  # fmt: skip
    if hardware.host_only:
        options += ["--nic2", "hostonly", "--nictype2", "virtio", "--hostonlyadapter2", hardware.host_only]
    if hardware.serial_log:
        options += ["--uart1", "0x3F8", "4", "--uartmode1", "file", serial_log]
    return options


def is_iso(medium: Path) -> bool:
    """Whether it is a CD."""
    return medium.suffix == ".iso"


def is_floppy(medium: Path) -> bool:
    """Whether it is a floppy."""
    return medium.suffix == ".img"


def slots_of(hardware: Hardware, scratch_disk: Path) -> list[tuple[str, Path | None]]:
    """What is in each port of the controller; a ``None`` is an empty drive."""
    slots: list[tuple[str, Path | None]] = [("dvddrive" if is_iso(hardware.boot) else SHARED, hardware.boot)]
    if not is_floppy(hardware.context):
        slots.append(("dvddrive", hardware.context))
    if hardware.disk:
        slots.append(("hdd", scratch_disk))
    if hardware.additions:
        slots.append(("dvddrive", None))
    return slots
