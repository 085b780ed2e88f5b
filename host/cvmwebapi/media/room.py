"""Room on a disk for what is fetched and unpacked, of which some is never used up. All amounts are bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

from cvmwebapi.errors import CVMError

_MB = 2**20


def check(folder: Path, missing: int, floor: int) -> None:
    """Whether ``missing`` can be written to ``folder`` with ``floor`` left. Raises ``CVMError("diskFull")``."""
    if shutil.disk_usage(folder).free < missing + floor:
        raise full(folder, missing, floor)


def full(folder: Path, missing: int, floor: int) -> CVMError:
    """``diskFull``, for whoever found it out by writing."""
    free = shutil.disk_usage(folder).free
    return CVMError("diskFull", needed=(missing + floor) // _MB, free=free // _MB, folder=str(folder))
