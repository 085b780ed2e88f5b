"""How each step of the state machine is done: the ledger first, then media and hypervisor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from cvmwebapi import paths
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import calls
from cvmwebapi.hypervisor.machine import Hardware, Machine
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.media import context_iso, ucernvm
from cvmwebapi.sessions import macros, ports
from cvmwebapi.sessions.ledger import Ledger, Row
from cvmwebapi.sessions.progress import Progress
from cvmwebapi.settings import Settings
from cvmwebapi.states import Step
from cvmwebapi.vmcp.description import Flags, MachineDescription

_SPARE_MEMORY = 1024
"""MB that are left to the computer."""
_MB = 2**20


class Work:
    """Does the steps for one session; what it must know of it, it reads from the ledger."""

    def __init__(self, session: str, ledger: Ledger, settings: Settings, vbox: VBoxManage) -> None:
        self._session = session
        self._ledger = ledger
        self._settings = settings
        row = self.row
        self.folder = paths.machines_folder() / session
        self.machine = Machine(vbox, row.vm, f"{row.name} ({row.domain})", self.folder)

    @property
    def row(self) -> Row:
        """The session as the ledger has it now. Raises ``CVMError("sessionNotFound")``."""
        row = self._ledger.get(self._session)
        if row is None:
            raise CVMError("sessionNotFound")
        return row

    @property
    def description(self) -> MachineDescription:
        """The machine as described, without the secret."""
        return description_of(self.row)

    @property
    def _context(self) -> Path:
        return self.folder / "context.iso"

    def user_data(self) -> str:
        """The user data with its macros replaced by the page's values."""
        row = self.row
        return macros.expand(row.description["user_data"], row.vals)

    def stale(self) -> bool:
        """Whether the user data is no longer that on the context medium."""
        return bool(self.row.context) and self.row.context != _digest(self.user_data())

    def do(self, step: Step, progress: Progress, cancelled: Callable[[], bool]) -> None:
        """Do one step. Raises ``CVMError``."""
        if step is Step.CREATE:
            self._create(progress, cancelled)
        elif step in (Step.BOOT, Step.WAKE):
            self._boot(fresh=step is Step.BOOT, progress=progress)
        elif step is Step.PAUSE:
            self.machine.control("pause", what="pause the virtual machine")
        elif step is Step.RESUME:
            self.machine.control("resume", what="resume the virtual machine")
        elif step is Step.SAVE:
            progress.at("Saving the machine", 0.3)
            self.machine.control("savestate", what="save the virtual machine", seconds=600)
        elif step is Step.DISCARD:
            self.machine.discard()
        elif step is Step.POWER_OFF:
            self.machine.power_off()
        elif step is Step.DESTROY:
            self.destroy()

    def _create(self, progress: Progress, cancelled: Callable[[], bool]) -> None:
        machine = self.description
        _check_memory(machine.memory)
        bits64 = machine.has(Flags.USE_64BIT)

        def report(done: int, total: int, speed: float) -> None:
            progress.at(_download_words(done, total, speed), 0.05 + 0.75 * (done / total if total else 0.0))

        progress.at("Looking for the boot image", 0.02)
        iso = ucernvm.boot_iso(
            machine.version, machine.flavor, "x86_64" if bits64 else "i386", self._settings, report, cancelled
        )
        if cancelled():
            raise CVMError("cancelled")
        progress.at("Creating the machine", 0.82)
        port = ports.pick(self._ledger.ports())
        self._ledger.update(self._session, phase="creating", port=port, iso=str(iso))
        try:
            self._write_context()
            self.machine.create(
                Hardware(
                    cpus=machine.cpus,
                    memory=machine.memory,
                    disk=machine.disk,
                    execution_cap=machine.execution_cap,
                    bits64=bits64,
                    port=port,
                    api_port=machine.api_port,
                    boot_iso=iso,
                    context_iso=self._context,
                    serial_log=machine.has(Flags.SERIAL_LOG),
                )
            )
        except BaseException:
            self.destroy()
            raise
        self._ledger.update(self._session, phase="made")

    def _write_context(self) -> None:
        text = self.user_data()
        context_iso.write(self._context, text, self.row.vm)
        self._ledger.update(self._session, context=_digest(text))

    def _boot(self, fresh: bool, progress: Progress) -> None:
        progress.at("Starting the machine", 0.9)
        row = self.row
        _check_memory(row.description["memory"])
        if fresh and self.stale():
            self._write_context()
        if not ports.is_free(row.port):
            port = ports.pick(self._ledger.ports())
            self.machine.forward(port, row.description["api_port"])
            self._ledger.update(self._session, port=port)
        self.machine.boot(headful=self.description.has(Flags.HEADFUL))

    def destroy(self) -> None:
        """Remove the machine, whole or half, and all that was written for it."""
        row = self.row
        if row.phase == "none":
            return
        self._ledger.update(self._session, phase="destroying")
        self.machine.destroy(self._context, Path(row.iso) if row.iso else None)
        self._ledger.update(self._session, phase="none", port=0, iso="", context="")

    def half_done(self) -> bool:
        """Whether a host was killed while it made or removed the machine."""
        return self.row.phase in ("creating", "destroying")

    def repair(self) -> None:
        """Remove what a killed host has left half done."""
        # Its last call of VBoxManage lives on, and would bring back what we remove.
        calls.wait_for_end((self.row.vm, str(self.folder)))
        self.machine.power_off()
        self.destroy()


def description_of(row: Row) -> MachineDescription:
    """The machine of a row; its secret is not known any more."""
    fields = {**row.description, "can_override": tuple(row.description["can_override"])}
    return MachineDescription(secret="-", **fields)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_memory(wanted: int) -> None:
    import psutil

    free = psutil.virtual_memory().available // _MB - _SPARE_MEMORY
    if wanted > free:
        raise CVMError("memoryTooLarge", wanted=wanted, free=max(0, free))


def _download_words(done: int, total: int, speed: float) -> str:
    shown = f"Downloading the boot image: {done / _MB:.1f} MB"
    if not total:
        return shown
    left = (total - done) / speed if speed > 0 else 0.0
    return f"{shown} of {total / _MB:.1f} MB, {speed / _MB:.1f} MB/s, {left:.0f} s left"
