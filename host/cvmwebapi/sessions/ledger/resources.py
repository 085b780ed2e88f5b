"""What a machine takes of this computer. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cvmwebapi.vmcp.description import MachineDescription


@dataclass(frozen=True)
class Resources:
    """``cpus``, ``memory`` and ``disk`` in MB, and the flags that open a door (clipboard, second network card…)."""

    cpus: int
    memory: int
    disk: int
    flags: int

    def within(self, agreed: Resources) -> bool:
        """Whether nothing here is more than what was agreed to."""
        return (
            self.cpus <= agreed.cpus
            and self.memory <= agreed.memory
            and self.disk <= agreed.disk
            and not self.flags & ~agreed.flags
        )


NOTHING = Resources(0, 0, 0, 0)


def wanted_by(machine: MachineDescription) -> Resources:
    """What a site asks for."""
    return Resources(machine.cpus, machine.memory, machine.disk, machine.flags)
