"""What VirtualBox makes a machine of: from its description, and from what was fetched for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.hypervisor.hardware import Hardware, Tuning
from cvmwebapi.sessions.ledger.rows import Given
from cvmwebapi.vmcp.description import Flags, MachineDescription


@dataclass(frozen=True)
class Parts:
    """What a machine is made of that comes from elsewhere; ``machine``: as it was described when that was fetched."""

    machine: MachineDescription
    boot: Path
    second_network: str
    """Name of the host-only adapter, "" for none."""


def hardware(parts: Parts, port: int, context: Path) -> Hardware:
    """``context``: the medium with the user data."""
    machine = parts.machine
    return Hardware(
        tuning=tuning(machine, port),
        disk=machine.disk,
        bits64=machine.has(Flags.USE_64BIT),
        boot=parts.boot,
        context=context,
        serial_log=machine.has(Flags.SERIAL_LOG),
        additions=machine.has(Flags.GUEST_ADDITIONS),
        clipboard=machine.has(Flags.GRAPHICAL),
        host_only=parts.second_network,
    )


def tuning(machine: MachineDescription, port: int) -> Tuning:
    """``port``: that of this computer which is forwarded to the application."""
    return Tuning(machine.cpus, machine.memory, machine.execution_cap, port, machine.api_port)


def given(machine: MachineDescription) -> Given:
    """The same as the ledger keeps it: the port has a column of its own."""
    return Given(machine.cpus, machine.memory, machine.execution_cap, machine.api_port)
