"""A VirtualBox that is really damaged: the doctor says what is wrong, repairs it when told to, and leaves alone what is
not ours. Each damage is done to real machines of the real VirtualBox, behind the host's back."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient
from tests.virtualbox.sessions import by_hand, eventually, request, started

pytestmark = pytest.mark.virtualbox
_NOT_OURS = "CernVM look-alike"


class Patient:
    """A world with a stranger's machine, which looks like ours by its name and must survive all that is done."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.run = world.home.run
        self.machines = world.data_folder / "machines"

    def doctor(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HOST, "doctor", "machines", *words],
            env=self.world.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def findings(self) -> dict[str, dict[str, Any]]:
        """Advice → its row, of the check of machines."""
        rows = json.loads(self.doctor("--json").stdout)["checks"]
        return {row["advice"]: row for row in rows}

    def finds_and_repairs(self, advice: str) -> None:
        """The doctor finds it, leaves it after a no, repairs it after a yes, and finds it no more."""
        assert advice in self.findings()
        refused = self.doctor("--fix", typed="n\n" * 9)
        assert "Repair this now?" in refused.stderr and "Done." not in refused.stderr
        assert advice in self.findings(), "a no was not respected"
        repaired = self.doctor("--fix", typed="y\n" * 9)
        assert "Done." in repaired.stderr and "did not help" not in repaired.stderr, repaired.stderr
        assert set(self.findings()) == {"machinesFine"}, self.findings()

    def session(self, name: str) -> str:
        """A session whose machine runs, without a host."""
        with HostClient(self.world.environment, HOST) as host:
            return started(host, self.world, name)

    def stopped(self, name: str) -> str:
        """One whose machine is off."""
        with HostClient(self.world.environment, HOST) as host:
            session = started(host, self.world, name)
            host.call("stop", session=session)
        return session

    def closes(self, name: str) -> None:
        """The website can start the machine (again), and remove it."""
        with HostClient(self.world.environment, HOST) as host:
            session = request(host, self.world, name)["session"]
            assert host.call("start", session=session)["state"] == 5
            host.call("close", session=session)

    def vm(self) -> str:
        """The UUID of our only machine."""
        (uuid,) = (uuid for name, uuid in self.world.home.vms().items() if name != _NOT_OURS)
        return uuid

    def ledger(self, statement: str) -> None:
        with contextlib.closing(sqlite3.connect(self.world.data_folder / "ledger.sqlite")) as ledger, ledger:
            ledger.execute(statement)


@pytest.fixture(scope="module")
def patient(world: World) -> Iterator[Patient]:
    world.home.run("createvm", "--name", _NOT_OURS, "--register")
    (file,) = world.home.machine_folder.glob("*/*.vbox")
    before = file.read_bytes()
    yield Patient(world)
    assert file.read_bytes() == before


@pytest.fixture(autouse=True)
def stranger(patient: Patient) -> Iterator[None]:
    yield
    assert patient.world.home.vms().keys() == {_NOT_OURS}
    left = [entry for entry in patient.world.leftovers() if entry != f"machine {_NOT_OURS}"]
    assert left == []


def test_a_machine_that_the_ledger_has_forgotten_is_removed_with_disk_and_media(patient: Patient) -> None:
    patient.session("orphan")
    patient.ledger("DELETE FROM session")
    found = patient.findings()
    assert set(found) == {"machineOrphan"}, "its folder and its media are not leftovers as long as it is there"
    patient.finds_and_repairs("machineOrphan")


def test_a_ledger_that_is_damaged_is_put_aside_and_its_machines_come_to_light(patient: Patient) -> None:
    patient.session("unwritten")
    ledger = patient.world.data_folder / "ledger.sqlite"
    for file in ledger.parent.glob("ledger.sqlite-*"):
        file.unlink()
    ledger.write_bytes(b"not a database, " * 256)
    assert set(patient.findings()) == {"ledgerBroken"}
    assert "machineOrphan" not in patient.findings()
    patient.doctor("--fix", typed="n\n")
    assert ledger.read_bytes().startswith(b"not a database")
    repaired = patient.doctor("--fix", typed="y\n" * 9)
    assert repaired.stderr.count("Done.") == 2, repaired.stderr
    assert [file.read_bytes()[:5] for file in ledger.parent.glob("ledger.sqlite.damaged-*")] == [b"not a"]
    patient.closes("unwritten")


def test_a_folder_and_a_medium_of_no_machine_are_removed(patient: Patient) -> None:
    session = patient.stopped("remains")
    by_hand(patient.world, "unregistervm", patient.vm())
    # VirtualBox keeps the machine's own disk in mind only until its service rests, 5 s after the last call.
    patient.run("createmedium", "disk", "--filename", patient.machines / session / "left.vdi", "--size", "8")
    patient.ledger("DELETE FROM session")
    assert set(patient.findings()) == {"folderLeftOver", "mediumLeftOver"}
    patient.finds_and_repairs("mediumLeftOver")


def test_a_machine_taken_off_the_list_is_taken_back(patient: Patient) -> None:
    patient.stopped("lost")
    vm = patient.vm()
    by_hand(patient.world, "unregistervm", vm)
    patient.finds_and_repairs("machineGone")
    assert patient.vm() == vm
    patient.closes("lost")


def test_a_machine_deleted_in_virtualbox_leaves_nothing_behind(patient: Patient) -> None:
    session = patient.stopped("deleted")
    by_hand(patient.world, "unregistervm", patient.vm(), "--delete")
    patient.finds_and_repairs("machineGone")
    assert not (patient.machines / session).exists()
    patient.closes("deleted")


def test_a_machine_that_the_ledger_holds_to_be_removed_is(patient: Patient) -> None:
    patient.stopped("undead")
    patient.ledger("UPDATE session SET stage = 'none'")
    patient.finds_and_repairs("machineHalf")
    patient.closes("undead")


def test_damaged_settings_of_a_machine_go_back_to_those_before(patient: Patient) -> None:
    session = patient.stopped("garbled")
    vm = patient.vm()
    by_hand(patient.world, "modifyvm", vm, "--description", "one more change")
    patient.world.home.stop()
    (settings,) = (patient.machines / session).glob("*/*.vbox")
    settings.write_text(settings.read_text()[:300])
    assert set(patient.findings()) == {"machineInaccessible"}
    patient.finds_and_repairs("machineInaccessible")
    assert list((patient.machines / session).glob("*/*.vbox-damaged"))
    patient.closes("garbled")


def test_a_machine_whose_process_is_stopped(patient: Patient) -> None:
    session = patient.session("frozen")
    assert patient.world.home.kill("VBoxHeadless", signal.SIGSTOP)
    begun = time.monotonic()
    assert set(patient.findings()) == {"machineHangs"} and time.monotonic() - begun < 25
    with HostClient(patient.world.environment, HOST) as host:
        # A window asks the doctor while no answer of VirtualBox's can be had.
        rows = host.call("diagnose", {"kind": "extension"}, extension="3.0.0")["checks"]
        (row,) = (row for row in rows if row["advice"] == "machineHangs")
        assert row["id"] == f"machines:{session}" and row["repair"]
    patient.finds_and_repairs("machineHangs")
    assert not patient.world.home.processes("VBoxHeadless")
    patient.closes("frozen")


def opens(process: subprocess.Popen[bytes]) -> bool:
    """Whether the kernel has it wait for the other end of a FIFO. By then it has locked its machine."""
    return "wait_for_partner" in Path(f"/proc/{process.pid}/wchan").read_text()


def test_a_machine_held_by_a_call_that_hangs(patient: Patient) -> None:
    patient.stopped("held")
    vm = patient.vm()
    by_hand(patient.world, "modifyvm", vm, "--firmware", "efi")
    patient.run("modifynvram", vm, "inituefivarstore")
    never = patient.world.folder / "never"
    os.mkfifo(never)
    # It locks the machine, then reads what nobody ever writes.
    command = [str(patient.world.home.vboxmanage), "modifynvram", vm, "enrollpk", "--platform-key", str(never),
               "--owner-uuid", vm]  # fmt: skip
    holder = subprocess.Popen(command, env=patient.world.home.environment(), start_new_session=True)
    try:
        eventually(lambda: opens(holder))
        with pytest.raises(VBoxManageError, match="0x80bb0007"):
            patient.run("modifyvm", vm, "--description", "x")
        eventually(lambda: "machineLocked" in patient.findings())
        row = patient.findings()["machineLocked"]
        assert f"process {holder.pid}" in row["found"]
        patient.finds_and_repairs("machineLocked")
        assert holder.wait(10) == -signal.SIGKILL
    finally:
        holder.kill()
        holder.wait()
    patient.run("modifyvm", vm, "--firmware", "bios")
    patient.closes("held")


def test_virtualbox_s_own_list_is_damaged_and_comes_back_by_the_command(patient: Patient) -> None:
    patient.stopped("listed")
    home = patient.world.home
    home.stop()
    registry = home.folder / ".config/VirtualBox/VirtualBox.xml"
    whole = registry.read_bytes()
    registry.write_bytes(whole[:200])
    found = patient.findings()
    assert set(found) == {"listUnreadable"} and not found["listUnreadable"]["repair"]
    home.stop()
    subprocess.run(["sh", "-c", found["listUnreadable"]["command"]], check=True)
    assert _NOT_OURS in home.vms()
    # What VirtualBox keeps is older: the machine may be missing in it.
    patient.doctor("--fix", typed="y\n" * 9)
    assert set(patient.findings()) == {"machinesFine"}
    patient.closes("listed")


def test_a_virtualbox_that_does_not_answer(patient: Patient) -> None:
    home = patient.world.home

    def is_silent() -> bool:
        # VBoxSVC ends some seconds after its last call: on a busy machine perhaps just when it is to be stopped.
        home.kill("VBoxSVC", signal.SIGCONT)
        patient.run("list", "vms")
        home.kill("VBoxSVC", signal.SIGSTOP)
        found = patient.findings()
        return set(found) == {"virtualboxSilent"} and "VBoxSVC" in found["virtualboxSilent"]["command"]

    try:
        eventually(is_silent, 120)
    finally:
        home.kill("VBoxSVC", signal.SIGCONT)
    eventually(lambda: set(patient.findings()) == {"machinesFine"}, 120)


def test_a_machine_whose_folder_was_deleted(patient: Patient) -> None:
    session = patient.stopped("swept")
    patient.world.home.stop()
    shutil.rmtree(patient.machines / session)
    patient.finds_and_repairs("machineGone")
    patient.stopped("swept")
    patient.world.home.stop()
    shutil.rmtree(patient.machines / session)
    # Its website can do without the doctor.
    patient.closes("swept")
