"""How each transition of the state machine is done: the ledger first, then media and hypervisor."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import calls, host_only, parsing
from cvmwebapi.hypervisor.known_machine import Look
from cvmwebapi.hypervisor.machine import Machine
from cvmwebapi.hypervisor.remote_display import RemoteDisplay
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.media import cache
from cvmwebapi.sessions.admission import limits, totals
from cvmwebapi.sessions.ledger.rows import HALF_DONE, SessionRow, Stage
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.lifecycle import edits
from cvmwebapi.sessions.resources import boot_medium, computer, context, images, macros, making, ports
from cvmwebapi.sessions.resources.computer import Computer
from cvmwebapi.sessions.resources.making import Parts
from cvmwebapi.states import State
from cvmwebapi.system import files, paths
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phase import Phase
from cvmwebapi.transitions import Transition
from cvmwebapi.vmcp.description import Flags, MachineDescription


class Work:
    """Does the transitions for one session; what it must know of it, it reads from the ledger."""

    def __init__(self, session: str, ledger: Ledger, settings: Settings, vbox: VBoxManage) -> None:
        self._session = session
        self._ledger = ledger
        self._settings = settings
        self._vbox = vbox
        row = self.row
        self.folder = paths.machines_folder() / session
        self.machine = Machine(vbox, row.vm, f"{row.name} ({row.domain})", self.folder)
        self.display = RemoteDisplay(vbox, self.machine)
        self.facts: dict[str, int] = {}
        """What somebody has changed in VirtualBox's own window, as far as VirtualBox was asked."""

    def use(self, settings: Settings) -> None:
        """Go by changed settings from the next transition on."""
        self._settings = settings

    @property
    def min_free_disk(self) -> int:
        """MB of disk that are never used up."""
        return self._settings.min_free_disk

    @property
    def row(self) -> SessionRow:
        """The session as the ledger has it now. Raises ``CVMError("sessionNotFound")``."""
        row = self._ledger.get(self._session)
        if row is None:
            raise CVMError("sessionNotFound")
        return row

    def _write(self, how: Callable[[SessionRow], SessionRow]) -> None:
        self._ledger.change(self._session, how)

    @property
    def description(self) -> MachineDescription:
        """The machine as described, without the secret."""
        return self.row.description

    def user_data(self) -> str:
        """The user data with its macros replaced by the page's values."""
        row = self.row
        return macros.expand(row.description.user_data, row.vals)

    def stale(self) -> bool:
        """Whether the user data is no longer that on the context medium."""
        return bool(self.row.context) and self.row.context != context.digest(self.user_data())

    def look(self, task: Task) -> Look:
        """The machine as it is now. Half a machine is none: it is removed before the next transition.

        One that has crashed still holds its port and its settings, and can only be ended: it is. Raises ``CVMError`` as
        ``Machine.look``.
        """
        if self.row.stage is not Stage.MADE:
            return Look(State.MISSING, "", {})
        look = self.machine.look(task)
        if look.word in parsing.STUCK:
            with contextlib.suppress(CVMError):
                # If it does not let go, the next transition says so.
                self.machine.power_off()
        self.facts = edits.made(look.info, self.row.hardware)
        return look

    def prepare(self, transition: Transition, task: Task) -> Parts | None:
        """Fetch what a transition needs, which may take long; the machine is left alone. Raises ``CVMError``."""
        if transition is Transition.CREATE:
            return self._parts(task)
        iso = self.row.iso
        if transition in (Transition.BOOT, Transition.WAKE) and iso and not Path(iso).exists():
            # Anybody may empty a cache.
            self._boot_medium(self.description, task)
        return None

    def do(self, transition: Transition, parts: Parts | None, task: Task) -> None:
        """Do one transition, with what ``prepare`` gave. Raises ``CVMError``."""
        if transition is Transition.CREATE:
            assert parts is not None
            self._create(parts, task)
        elif transition in (Transition.BOOT, Transition.WAKE):
            self._boot(transition is Transition.BOOT, task)
        elif transition is Transition.PAUSE:
            self.machine.control("pause", step="pauseMachine")
        elif transition is Transition.RESUME:
            self.machine.control("resume", step="resumeMachine")
        elif transition is Transition.SAVE:
            self._save(task)
        elif transition is Transition.DISCARD:
            self.machine.discard()
        elif transition is Transition.POWER_OFF:
            self.machine.power_off()
        elif transition is Transition.DESTROY:
            self.destroy()

    def _parts(self, task: Task) -> Parts:
        machine = self.description
        limits.check_machine(self._settings, machine.cpus, machine.memory, machine.disk)
        Computer.this().check_now(machine.cpus, machine.memory)
        totals.check_disk(self._ledger, self._settings, self.row)
        task.report(Phase("lookingForImage"), 0.02)
        second_network = host_only.adapter(self._vbox) if machine.has(Flags.DUAL_NIC) else ""
        release = boot_medium.release(machine, self.row.release, self._settings, task)
        if release != self.row.release:
            self._write(lambda row: replace(row, release=release))
        return Parts(machine, self._boot_medium(machine, task), second_network)

    def _create(self, parts: Parts, task: Task) -> None:
        machine, boot = parts.machine, parts.boot
        task.report(Phase("creatingMachine"), 0.82)
        port = ports.pick(self._ledger.ports())
        given = making.given(machine)
        self._write(lambda row: replace(row, stage=Stage.CREATING, port=port, iso=str(boot), hardware=given))
        try:
            self._write_context()
            hardware = making.hardware(parts, port, self._context)
            # Two that make the same disk a shared one at once would be in each other's way.
            with files.locked(cache.lock(boot.stem)) if machine.disk_url else contextlib.nullcontext():
                self.machine.create(hardware)
        except BaseException:
            self.destroy(half=True)
            raise
        self._write(lambda row: replace(row, stage=Stage.MADE))
        self.facts = {}
        images.prune(self._ledger, self._settings)

    def _boot_medium(self, machine: MachineDescription, task: Task) -> Path:
        with task.part(0.05, 0.8) as part:
            boot = boot_medium.get(machine, self.row.domain, self.row.release, self._settings, part)
        task.check()
        return boot

    @property
    def _context(self) -> Path:
        return context.medium(self.folder, self.description.has(Flags.FLOPPY_IO))

    def _write_context(self) -> None:
        digest = context.write(self._context, self.user_data(), self.row.vm)
        self._write(lambda row: replace(row, context=digest))

    def _boot(self, fresh: bool, task: Task) -> None:
        row, machine = self.row, self.description
        task.report(Phase("startingMachine"), 0.9)
        limits.check_machine(self._settings, machine.cpus, machine.memory, machine.disk)
        Computer.this().check_now(machine.cpus, machine.memory)
        if fresh and self.stale():
            self._write_context()
        port = row.port if ports.is_free(row.port) else ports.pick(self._ledger.ports())
        given = making.given(machine)
        changed = row.hardware not in (None, given)
        if port != row.port or (fresh and changed):
            self.machine.tune(making.tuning(machine, port), power_off=fresh)
            self._write(lambda row: replace(row, port=port))
        with totals.room_to_run(self._ledger, self._settings, row, self.machine.running):
            self.machine.boot(machine.has(Flags.HEADFUL), task)
        if fresh and changed:
            self._write(lambda row: replace(row, hardware=given))
            self.facts = {}

    def apply_cap(self) -> None:
        """Of a machine that was saved or paused nothing else may be changed, and this only once it runs."""
        row = self.row
        if row.hardware and row.hardware.execution_cap != row.description.execution_cap:
            self.cap(row.description.execution_cap)

    def cap(self, percent: int) -> None:
        """How much of its CPUs the running machine may use."""
        self.machine.cap(percent)
        # What it has else is as before, or (of a ledger's first version) as described.
        self._write(
            lambda row: replace(
                row, hardware=replace(row.hardware or making.given(row.description), execution_cap=percent)
            )
        )
        self.facts.pop("executionCap", None)

    def move_port(self) -> None:
        """Another port for a running machine: someone else has taken its own."""
        port = ports.pick(self._ledger.ports())
        self._write(lambda row: replace(row, port=port))
        self.machine.forward_live(making.tuning(self.description, port))

    def _save(self, task: Task) -> None:
        task.report(Phase("savingMachine"), 0.3)
        computer.check_disk(self.folder, self.description.memory, self.min_free_disk)
        self.machine.control("savestate", step="saveMachine", seconds=600)

    def destroy(self, half: bool = False) -> None:
        """Remove the machine, whole or half, and all that was written for it."""
        row = self.row
        if row.stage is Stage.NONE:
            return
        self._write(lambda row: replace(row, stage=Stage.DESTROYING))
        self.machine.destroy(self._context, Path(row.iso) if row.iso else None, half)
        self._write(lambda row: replace(row, stage=Stage.NONE, port=0, iso="", context="", hardware=None))

    def half_done(self) -> bool:
        """Whether a host was killed while it made or removed the machine."""
        return self.row.stage in HALF_DONE

    def wait_for_calls(self, task: Task) -> None:
        """Let the last call of a killed host end: it would undo what we do. Raises meanwhile as ``task.check``."""
        calls.wait_for_end((self.row.vm, str(self.folder)), task=task)

    def repair(self, task: Task) -> None:
        """Remove what a killed host has left half done. Raises ``CVMError``, also as ``wait_for_calls``."""
        self.wait_for_calls(task)
        self.machine.power_off()
        self.destroy(half=True)

    def readopt(self) -> None:
        """The machine has gone from VirtualBox's list: take it back, or remove what is left of it."""
        if not self.machine.adopt():
            self.destroy(half=True)
