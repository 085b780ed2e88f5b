"""What the check room has to say, made on purpose."""

from __future__ import annotations

import shutil

from cvmwebapi.config.settings import Settings

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces


@produces("memoryLow")
def _recorded_low(computer: Computer) -> None:
    computer.recorded_memory(8000, 700)


@produces("memorySmall")
def _recorded_small(computer: Computer) -> None:
    computer.recorded_memory(1024, 700)


@produces("diskFull")
def _(computer: Computer) -> None:
    computer.around.settings = Settings(min_free_disk=10**9)


@produces("diskLow")
def _(computer: Computer) -> None:
    free = shutil.disk_usage(computer.around.data).free // 2**20
    computer.around.settings = Settings(min_free_disk=free - 1000)


@produces("diskFine")
def _(computer: Computer) -> None:
    computer.around.settings = Settings(min_free_disk=0)


@produces("memoryFine")
def _recorded_memory(computer: Computer) -> None:
    computer.recorded_memory(16000, 8000)
