"""What is done about a machine in trouble, and how often. Pure.

Troubles go by the names of our table of errors, which says to people what happened and what to do.
"""

from __future__ import annotations

from collections import deque
from enum import Enum

from cvmwebapi.states import Failure

_FLAGS = {
    "virtualizationOff": Failure.NO_VIRTUALIZATION,
    "virtualizationBusy": Failure.NO_VIRTUALIZATION,
    "virtualizationMissing": Failure.NO_VIRTUALIZATION,
    "driverMissing": Failure.NO_DRIVER,
    "driverForbidden": Failure.NO_DRIVER,
    "driverMismatch": Failure.NO_DRIVER,
    "memoryShort": Failure.NO_MEMORY,
    "hostDiskFull": Failure.DISK_FULL,
    "machineAborted": Failure.CRASHED,
    "machineCrashed": Failure.CRASHED,
    "savedStateUnusable": Failure.CRASHED,
}


class Treatment(Enum):
    """What may help without a person."""

    NONE = "none"
    START_AGAIN = "start again"
    WAIT_FOR_DISK = "resume when there is room on the disk"


_TREATMENTS = {
    "machineAborted": Treatment.START_AGAIN,
    "machineCrashed": Treatment.START_AGAIN,
    "hostDiskFull": Treatment.WAIT_FOR_DISK,
}


def flags(trouble: str) -> int:
    """The bits of the event ``failure``; 0 for a trouble that pages need not hear of."""
    return int(_FLAGS.get(trouble, 0))


def treatment(trouble: str) -> Treatment:
    """What to do about a trouble."""
    return _TREATMENTS.get(trouble, Treatment.NONE)


class Attempts:
    """Counts attempts to heal: a machine that fails at once must not be started for ever."""

    MOST = 2
    WITHIN = 60.0
    """Seconds."""

    def __init__(self) -> None:
        self._at: deque[float] = deque()

    def take(self, now: float) -> bool:
        """Whether one more is allowed at ``now`` (seconds of a clock that only goes forward); if so, it counts."""
        while self._at and now - self._at[0] >= self.WITHIN:
            self._at.popleft()
        if len(self._at) >= self.MOST:
            return False
        self._at.append(now)
        return True
