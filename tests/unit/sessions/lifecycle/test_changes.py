"""What pages may change of a session."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.sessions.lifecycle import changes
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp.description import MachineDescription

from tests.lab.machines import session_row
from tests.unit.site_fixtures import failure

MACHINE = MachineDescription("vm", cpus=1, memory=512, flags=1, can_override=("flags", "executionCap"))
ROW = session_row(description=MACHINE, agreed=Resources(1, 512, 1024, 1 | 32))


def test_a_setting_that_the_site_leaves_to_its_page() -> None:
    assert changes.setting(ROW, "executionCap", "50") == replace(MACHINE, execution_cap=50)
    assert failure(changes.setting, ROW, "executionCap", "101").name == "machineNumber"


@pytest.mark.parametrize("flags", [0, 1, 32, 33])
def test_flags_within_the_yes(flags: int) -> None:
    assert changes.setting(ROW, "flags", str(flags)).flags == flags


@pytest.mark.parametrize("flags", [2 | 1, 4, 16, 64, 64 | 33, 128])
def test_no_setting_goes_beyond_the_yes(flags: int) -> None:
    machine = replace(MACHINE, disk_url="https://a.org/d", disk_checksum="ab" * 32)
    error = failure(changes.setting, replace(ROW, description=machine), "flags", str(flags))
    assert (error.name, error.params) == ("settingNotAllowed", {"name": "flags"})


def test_what_the_site_has_not_left_to_its_page() -> None:
    row = replace(ROW, description=replace(MACHINE, can_override=()))
    assert failure(changes.setting, row, "flags", "1").name == "settingNotAllowed"


def test_properties_have_a_limit() -> None:
    row = replace(ROW, properties={str(number): "x" for number in range(255)})
    full = replace(row, properties=changes.properties(row, "one more", "y"))
    assert len(full.properties) == 256 and full.properties["one more"] == "y"
    assert changes.properties(full, "one more", "z")["one more"] == "z", "that replaces one"
    error = failure(changes.properties, full, "too many", "y")
    assert (error.name, error.params) == ("badValue", {"name": "property", "detail": detail("tooMany", limit=256)})
