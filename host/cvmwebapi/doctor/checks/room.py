"""Free memory, and free disk where machines and images go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings

_MB = 2**20
LEAST_MEMORY = 1536
"""MB: a machine of 512 MB and what the computer needs for itself."""
LEAST_DISK = 2048
"""MB above the floor of the settings: an image, its machine, a saved state."""


def look(around: Surroundings) -> Iterator[Finding]:
    """As it is at this moment."""
    import psutil

    memory = psutil.virtual_memory()
    yield judge_memory(memory.available // _MB, memory.total // _MB)
    for part, folder in (("data", around.data), ("cache", around.cache)):
        yield judge_disk(shutil.disk_usage(folder).free // _MB, around.settings.min_free_disk, str(folder), part)


def judge_memory(free: int, total: int) -> Finding:
    """Amounts in MB. Pure."""
    params: Params = {"free": free, "total": total, "needed": LEAST_MEMORY}
    if total < LEAST_MEMORY:
        return Finding("memorySmall", params, part="memory")
    return Finding("memoryLow" if free < LEAST_MEMORY else "memoryFine", params, part="memory")


def judge_disk(free: int, floor: int, folder: str, part: str) -> Finding:
    """Amounts in MB; below ``floor`` nothing is written any more. Pure."""
    params: Params = {"free": free, "folder": folder, "needed": floor + LEAST_DISK, "floor": floor}
    if free < floor:
        return Finding("diskFull", params, part=part)
    return Finding("diskLow" if free < floor + LEAST_DISK else "diskFine", params, part=part)


CHECK = Check(
    __name__,
    look=look,
    advice={
        "memoryFine": Advice("ok"),
        "memoryLow": Advice("warning", waited_for=True),
        "memorySmall": Advice("problem"),
        "diskFine": Advice("ok"),
        "diskLow": Advice("warning", waited_for=True),
        "diskFull": Advice("problem", waited_for=True),
    },
    explains=("memoryShort", "memoryTooLarge", "diskFull", "hostDiskFull", "machineAborted"),
    may_explain=("hypervisorFailed", "hypervisorTimeout", "machineCrashed", "downloadFailed"),
)
