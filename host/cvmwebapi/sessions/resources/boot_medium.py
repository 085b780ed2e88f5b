"""What a machine boots from: µCernVM's ISO, or the website's own disk."""

from __future__ import annotations

import math
from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import boot_disk, size, ucernvm
from cvmwebapi.tasks import Task
from cvmwebapi.vmcp.description import Flags, MachineDescription

_PATIENCE = 3.0
"""Seconds that a person's question waits for servers."""
_MB = 2**20


def release(machine: MachineDescription, before: str, settings: Settings, task: Task) -> str:
    """The release that ``latest`` stands for, "" where nothing of that kind is asked for.

    Once a session: a machine that is made anew is of the release that it was of ``before``. Raises ``CVMError`` as
    ``ucernvm.latest``.
    """
    if machine.has(Flags.BOOT_DISK) or machine.version != ucernvm.LATEST:
        return before
    return before or ucernvm.latest(settings, task)


def get(machine: MachineDescription, domain: str, release: str, settings: Settings, task: Task) -> Path:
    """The medium to attach, fetched unless the cache has it; ``domain`` is that of the website's pages.

    Raises as ``ucernvm.boot_iso`` and ``boot_disk.boot_disk``.
    """
    if machine.has(Flags.BOOT_DISK):
        return boot_disk.boot_disk(machine.disk_url, machine.disk_checksum, domain, settings, task)
    return ucernvm.boot_iso(_version(machine, release), machine.flavor, _architecture(machine), settings, task)


def to_download(machine: MachineDescription, domain: str, before: str, settings: Settings, task: Task) -> int | None:
    """MB to be fetched before the machine can be made, 0 for none; ``None`` when that can't be told in time.

    Raises as ``task.check``.
    """
    with task.within(_PATIENCE) as brief:
        found = _to_download(machine, domain, before, settings, brief)
    task.check()
    return found


def _to_download(machine: MachineDescription, domain: str, before: str, settings: Settings, task: Task) -> int | None:
    if machine.has(Flags.BOOT_DISK):
        if boot_disk.is_there(machine.disk_checksum):
            return 0
        found = boot_disk.told_size(machine.disk_url, domain, settings, _PATIENCE, task)
    else:
        try:
            version = _version(machine, release(machine, before, settings, task))
            url = ucernvm.address(version, machine.flavor, _architecture(machine), settings)
        except CVMError:
            return None
        if ucernvm.is_there(url):
            return 0
        found = size.told(url, _PATIENCE, task, any_http=True)
    return None if found is None else math.ceil(found / _MB)


def _version(machine: MachineDescription, release: str) -> str:
    return release if machine.version == ucernvm.LATEST else machine.version


def _architecture(machine: MachineDescription) -> str:
    return "x86_64" if machine.has(Flags.USE_64BIT) else "i386"
