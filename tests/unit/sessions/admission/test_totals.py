"""The limits for all machines together, by what a real ledger knows of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cvmwebapi.config.settings import Settings
from cvmwebapi.sessions.admission import totals
from cvmwebapi.sessions.ledger.rows import SessionRow, Stage
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.system import files
from cvmwebapi.vmcp.description import MachineDescription

from tests.lab.machines import session_row
from tests.unit.site_fixtures import failure, own_folders

__all__ = ["own_folders"]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.fixture
def add(ledger: Ledger) -> Callable[..., SessionRow]:
    """A session in the ledger, whose machine takes 2 CPUs, 1024 MB of memory and 100 MB of disk."""

    def added(name: str, stage: Stage = Stage.MADE) -> SessionRow:
        described = MachineDescription(name, cpus=2, memory=1024, disk=100)
        row = session_row(name, name, description=described, stage=stage)
        ledger.add(row)
        return row

    return added


def start(ledger: Ledger, settings: Settings, row: SessionRow, *running: SessionRow) -> None:
    with totals.room_to_run(ledger, settings, row, lambda: {other.vm for other in running}):
        pass


def test_disks_of_all_machines_count_whatever_they_do(ledger: Ledger, add: Callable[..., SessionRow]) -> None:
    new = add("new", Stage.NONE)
    for stage in (Stage.MADE, Stage.CREATING, Stage.DESTROYING):
        add(stage.value, stage)
    totals.check_disk(ledger, Settings(total_disk=400), new)
    assert failure(totals.check_disk, ledger, Settings(total_disk=399), new).name == "totalReached"
    # A session without a machine takes nothing, and nobody counts twice.
    add("only asked about", Stage.NONE)
    totals.check_disk(ledger, Settings(total_disk=400), new)
    totals.check_disk(ledger, Settings(total_disk=300), ledger.all()[1])


@pytest.mark.parametrize(("name", "most"), [("total_cpus", 4), ("total_memory", 2048)])
def test_cpus_and_memory_of_those_that_run_count(
    ledger: Ledger, add: Callable[..., SessionRow], name: str, most: int
) -> None:
    new, one, two = add("new"), add("one"), add("two")
    start(ledger, Settings(**{name: most}), new, one)
    assert failure(start, ledger, Settings(**{name: most - 1}), new, one).name == "totalReached"
    assert failure(start, ledger, Settings(**{name: most}), new, one, two).name == "totalReached"
    # It may run already.
    start(ledger, Settings(**{name: most}), new, one, new)


def test_without_a_limit_nobody_asks_what_runs(ledger: Ledger, add: Callable[..., SessionRow]) -> None:
    with totals.room_to_run(ledger, Settings(total_disk=1), add("new"), lambda: pytest.fail("asked")):
        pass


def test_of_two_hosts_that_start_at_once_the_second_sees_the_machine_of_the_first(
    ledger: Ledger, add: Callable[..., SessionRow], own_folders: Path
) -> None:
    new, other = add("new"), add("other")
    running: set[str] = set()
    begun, ended = threading.Event(), []

    def second() -> None:
        begun.set()
        try:
            with totals.room_to_run(ledger, Settings(total_cpus=3), other, lambda: running):
                ended.append("runs")
        except Exception as error:
            ended.append(getattr(error, "name", repr(error)))

    thread = threading.Thread(target=second)
    with totals.room_to_run(ledger, Settings(total_cpus=3), new, lambda: running):
        thread.start()
        assert begun.wait(10)
        running.add(new.vm)
        thread.join(0.3)
        assert ended == [], "it waits"
    thread.join(10)
    assert ended == ["totalReached"]
    with totals.room_to_run(ledger, Settings(total_cpus=3), new, lambda: running):
        lock = own_folders / "data" / "locks" / "starting"
        with pytest.raises(TimeoutError), files.locked(lock, seconds=0.1):
            pass
