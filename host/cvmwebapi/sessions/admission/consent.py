"""What the user agreed to, and whether a wish needs a new question. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.texts.phrase import Fault, detail
from cvmwebapi.vmcp.description import MachineDescription

LEAST_MEMORY = 256
"""MB below which no machine is put by the user, unless the website says that it copes."""
LEAST_DISK = 1024
"""The same for the disk, in MB."""


@dataclass(frozen=True)
class Yes:
    """A yes of the user's, for one machine or for all of a site.

    No new question up to ``agreed``; a machine is given ``granted`` at most, which the user may have lowered.
    """

    agreed: Resources
    granted: Resources
    trust: str
    """How the site was trusted then (``keystore.Trust.kind``)."""

    def covers(self, wanted: Resources, least: Resources, trust: str) -> bool:
        """Whether it holds for this wish too.

        A site that was in a list and now only speaks for itself is another one than the user agreed to.
        """
        return trust in ("listed", self.trust) and wanted.within(self.agreed) and least.within(self.granted)


def least(machine: MachineDescription) -> Resources:
    """How far the user may lower what a site asks for.

    To the minimum that the site names; where it names none, but lets the value be replaced (``canOverride``), to what
    a small machine needs; else not at all.
    """

    def lowest(name: str, asked: int, named: int, small: int) -> int:
        if named:
            return min(asked, named)
        return min(asked, small) if machine.may_override(name) else asked

    return Resources(
        lowest("cpus", machine.cpus, machine.min_cpus, 1),
        lowest("memory", machine.memory, machine.min_memory, LEAST_MEMORY),
        lowest("disk", machine.disk, machine.min_disk, LEAST_DISK),
        machine.flags,
    )


def lowered(wanted: Resources, least: Resources, chosen: Mapping[str, Any]) -> Resources:
    """What the user grants of ``wanted``; raises ``Fault`` for more than asked, or less than the site accepts."""
    values = {}
    for name, value in chosen.items():
        if name not in ("cpus", "memory", "disk"):
            raise Fault("objectOf", names="cpus, memory, disk")
        low, high = getattr(least, name), getattr(wanted, name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Fault("about", name=name, reason=detail("numberRange", low=low, high=high))
        values[name] = value
    return replace(wanted, **values)


def given(machine: MachineDescription, granted: Resources) -> MachineDescription:
    """The machine as it may be made: never more than ``granted``."""
    return replace(
        machine,
        cpus=min(machine.cpus, granted.cpus),
        memory=min(machine.memory, granted.memory),
        disk=min(machine.disk, granted.disk),
    )
