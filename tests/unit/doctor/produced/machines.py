"""What the check machines has to say, made on purpose."""

from __future__ import annotations

import contextlib
import sqlite3

from cvmwebapi.sessions.ledger import schema
from cvmwebapi.sessions.ledger.rows import Stage

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import elsewhere, produces, session_of, untouched


@produces("ledgerBroken")
def _(computer: Computer) -> None:
    (computer.around.data / "ledger.sqlite").write_bytes(b"not a database, " * 64)


@produces("ledgerNewer")
def _(computer: Computer) -> None:
    with contextlib.closing(sqlite3.connect(computer.around.data / "ledger.sqlite")) as ledger:
        ledger.execute(f"PRAGMA user_version = {schema.VERSION + 1}")


@produces("machineHalf")
def _(computer: Computer) -> None:
    session_of(computer, stage=Stage.CREATING)


@produces("folderLeftOver")
def _(computer: Computer) -> None:
    (computer.around.data / "machines" / "gone").mkdir(parents=True)


produces("machinesFine")(untouched)


elsewhere(
    "tests/virtualbox/test_damage.py",
    machineGone="test_a_machine_taken_off_the_list_is_taken_back",
    machineInaccessible="test_damaged_settings_of_a_machine_go_back_to_those_before",
    machineHangs="test_a_machine_whose_process_is_stopped",
    machineLocked="test_a_machine_held_by_a_call_that_hangs",
    machineOrphan="test_a_machine_that_the_ledger_has_forgotten_is_removed_with_disk_and_media",
    mediumLeftOver="test_a_folder_and_a_medium_of_no_machine_are_removed",
    virtualboxSilent="test_a_virtualbox_that_does_not_answer",
    listUnreadable="test_virtualbox_s_own_list_is_damaged_and_comes_back_by_the_command",
)
# Nothing at hand makes a virtual processor crash in software: VirtualBox's word for it is a recorded one.
elsewhere("tests/unit/doctor/test_rules.py", machineStuck="test_machines_as_virtualbox_tells")
