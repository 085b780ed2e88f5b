"""What this computer has to give to a machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.errors import CVMError

_MB = 2**20
SPARE_MEMORY = 1024
"""MB that are always left to the computer."""


@dataclass(frozen=True)
class Computer:
    """``memory`` is all there is, ``available`` what could be had now, both in MB."""

    cpus: int
    memory: int
    available: int

    @classmethod
    def this(cls) -> Computer:
        """The one we run on."""
        import psutil

        memory = psutil.virtual_memory()
        return cls(psutil.cpu_count() or 1, memory.total // _MB, memory.available // _MB)

    def check_size(self, cpus: int, memory: int) -> None:
        """Whether such a machine could run here at all, once nothing else does.

        Raises ``CVMError``: ``cpusTooMany``, ``memoryTooLarge``.
        """
        if cpus > self.cpus:
            raise CVMError("cpusTooMany", wanted=cpus, there=self.cpus)
        _check_memory(memory, self.memory)

    def check_now(self, cpus: int, memory: int) -> None:
        """Whether it can run now. Raises as ``check_size``."""
        self.check_size(cpus, memory)
        _check_memory(memory, self.available)


def _check_memory(wanted: int, there: int) -> None:
    free = max(0, there - SPARE_MEMORY)
    if wanted > free:
        raise CVMError("memoryTooLarge", wanted=wanted, free=free)


def check_disk(folder: Path, needed: int, floor: int) -> None:
    """Whether ``needed`` MB can be written to ``folder`` with ``floor`` MB left. Raises ``CVMError("diskFull")``."""
    there = folder
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free // _MB
    if free < needed + floor:
        raise CVMError("diskFull", needed=needed + floor, free=free, folder=str(folder))
