from __future__ import annotations

import pytest
from cvmwebapi.errors import CVMError, table
from cvmwebapi.sessions.lifecycle import health
from cvmwebapi.sessions.lifecycle.health import Attempts, Treatment
from cvmwebapi.sessions.resources.computer import Computer, check_disk


def test_two_attempts_a_minute_at_most() -> None:
    attempts = Attempts()
    assert [attempts.take(now) for now in (0.0, 1.0, 2.0, 59.9, 60.0, 60.5, 61.0, 200.0)] == [
        True, True, False, False, True, False, True, True
    ]  # fmt: skip


def test_every_trouble_has_texts_and_only_some_heal() -> None:
    assert set(health._FLAGS) | set(health._TREATMENTS) <= set(table())
    assert (
        health.treatment("machineAborted") is Treatment.START_AGAIN
        and health.treatment("virtualizationOff") is Treatment.NONE
    )
    assert health.flags("virtualizationBusy") == 1


@pytest.mark.parametrize(
    ("cpus", "memory", "name"),
    [(2, 3000, ""), (5, 512, "cpusTooMany"), (1, 7169, "memoryTooLarge"), (1, 3073, "memoryTooLarge")],
)
def test_more_than_the_computer_has_is_refused(cpus: int, memory: int, name: str) -> None:
    computer = Computer(cpus=4, memory=8192, available=4096)
    if not name:
        computer.check_now(cpus, memory)
        return
    with pytest.raises(CVMError) as refused:
        computer.check_now(cpus, memory)
    assert refused.value.name == name


def test_a_full_disk_is_seen_before_it_is_written_to(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("disk")
    check_disk(folder / "not" / "yet", 1, 0)
    with pytest.raises(CVMError, match="free disk space"):
        check_disk(folder, 1, 2**40)
