"""Nothing that a machine writes is taken for VirtualBox's word, in any reader of its log."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi.hypervisor import log_reading, vm_process
from cvmwebapi.hypervisor.log_reading import LogNews
from cvmwebapi.hypervisor.watch import News, Watched
from cvmwebapi.states import State

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
# What VirtualBox says, each of which a reader takes for true.
TRUE = {
    "off": "Console: Machine state changed to 'PoweredOff'",
    "paused": "Console: Machine state changed to 'Paused'",
    "saved": "Console: Machine state changed to 'Saved'",
    "suspended": "Changing the VM state from 'RUNNING' to 'SUSPENDED'",
    "crashed": "!! VCPU0: Guru Meditation 1155 (VINF_EM_TRIPLE_FAULT)",
    "disk": "VD#0: Host disk full",
    "driver": "VMSetError: VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)",
    "port": "VMSetError: NAT#0: configuration error: failed to set up redirection of 59875 to 80.",
    "screen": "Display::i_handleDisplayResize: uScreenId=0 pvVRAM=00 w=9 h=9 bpp=24 cbLine=0x0",
}
# How a machine's words get into the log: by the ports of VMMDev and of the BIOS, in names that it tells, and in pieces.
WAYS = {
    "VMMDev": "00:01:00.000001 VMMDev: Guest Log: {}",
    "its own time": "00:01:00.000001 VMMDev: Guest Log: 00:01:00.000001 {}",
    "BIOS": "00:01:00.000001 PcBios: {}",
    "a name": "00:01:00.000001 VMMDev: Guest Additions information report: Version {}",
    "no time": "{}",
    "a space": " 00:01:00.000001 {}",
    "carriage return": "00:01:00.000001 VMMDev: Guest Log: x\r00:01:00.000001 {}",
    "form feed": "00:01:00.000001 VMMDev: Guest Log: x\x0c00:01:00.000001 {}",
    "line of Unicode": "00:01:00.000001 VMMDev: Guest Log: x\u202800:01:00.000001 {}",
    "next line": "00:01:00.000001 VMMDev: Guest Log: x\x8500:01:00.000001 {}",
    "a group": "00:01:00.000001 VMMDev: Guest Log: x\x1d00:01:00.000001 {}",
}


def test_virtualbox_s_own_words_are_taken() -> None:
    told = log_reading.read("".join(f"00:01:00.000001 {line}\n" for line in TRUE.values()))
    assert told.states == ("PoweredOff", "Paused", "Saved", "Paused")
    assert set(told.troubles) == {"machineCrashed", "hostDiskFull", "virtualizationOff"}
    assert (told.taken_ports, told.sizes) == ((59875,), ((9, 9, 24),))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", TRUE)
def test_a_machine_s_are_not(way: str, words: str) -> None:
    assert log_reading.read(WAYS[way].format(TRUE[words]) + "\n") == LogNews()


@pytest.mark.parametrize("words", TRUE)
def test_nor_behind_what_virtualbox_says(words: str) -> None:
    line = f"00:01:00.000001 Console: Machine state changed to 'Running' 00:01:00.000001 {TRUE[words]}\n"
    assert log_reading.read(line) == LogNews()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "CernVM vm (a.example)"
    (place / "Logs").mkdir(parents=True)
    return place


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A machine's process, as far as can be seen from outside."""
    made = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", UUID])
    yield made
    made.kill()
    made.wait()


def log_of(folder: Path, number: int, *lines: str) -> Path:
    file = folder / "Logs" / "VBox.log"
    head = f"00:00:00.042 VirtualBox VM 7.2\n00:00:00.043 Process ID: {number}\n"
    file.write_text(head + "".join(f"{line}\n" for line in lines), "utf-8")
    return file


def settings_of(folder: Path, saved: bool) -> Path:
    file = folder / f"{folder.name}.vbox"
    attribute = ' stateFile="Snapshots/x.sav"' if saved else ""
    file.write_text(f'<?xml version="1.0"?>\n<VirtualBox>\n  <Machine uuid="{{{UUID}}}" name="x"{attribute}>\n')
    return file


@pytest.mark.parametrize("word", ["PoweredOff", "Saved", "Aborted", "GuruMeditation", "Stopping"])
def test_while_its_process_lives_a_machine_runs(folder: Path, process: subprocess.Popen[bytes], word: str) -> None:
    """Whatever gets into the log, in whichever way."""
    running = "00:00:01.0 Console: Machine state changed to 'Running'"
    log = log_of(folder, process.pid, running, f"00:00:02.0 Console: Machine state changed to '{word}'")
    alive = vm_process.find(log, UUID) is not None
    assert alive
    assert log_reading.state(log, settings_of(folder, saved=False), alive) is State.RUNNING


@pytest.mark.parametrize("word", ["Running", "Paused", "Saved"])
@pytest.mark.parametrize("saved", [True, False])
def test_without_a_process_its_settings_tell_whether_it_was_saved(folder: Path, word: str, saved: bool) -> None:
    log = log_of(folder, 2**22 + 1, f"00:00:02.0 Console: Machine state changed to '{word}'")
    wanted = State.SAVED if saved else State.POWEROFF
    assert log_reading.state(log, settings_of(folder, saved), vm_process.find(log, UUID) is not None) is wanted


def test_a_machine_does_not_name_its_process(folder: Path, process: subprocess.Popen[bytes]) -> None:
    log = folder / "Logs" / "VBox.log"
    log.write_text(f"00:00:00.042 VMMDev: Guest Log: Process ID: {process.pid}\n00:00:00.1 Process ID: {os.getpid()}\n")
    assert vm_process.find(log, UUID) is None


def test_a_tail_does_not_begin_within_a_machine_s_words(folder: Path) -> None:
    forged = "00:00:09.0 Console: Machine state changed to 'PoweredOff'\n"
    line = "00:00:01.0 VMMDev: Guest Log: " + "x" * 100_000 + forged
    for padding in range(128 * 1024 - len(forged) - 3, 128 * 1024 - len(forged) + 3):
        log = log_of(folder, 1, line + "y" * padding)
        assert log_reading.last(log).states == ()


def test_a_watch_that_begins_within_a_line_does_not_take_its_rest(folder: Path) -> None:
    news: list[News] = []
    log = log_of(folder, 1)
    settings = settings_of(folder, saved=False)
    with log.open("a") as file:
        file.write("00:00:01.0 VMMDev: Guest Log: ")
        file.flush()
        watched = Watched(log, settings, UUID, news.append)
        file.write("00:00:01.0 Console: Machine state changed to 'PoweredOff'\n")
        file.flush()
        watched.look(False, lambda uuid: False)
        file.write("00:00:02.0 Console: Machine state changed to 'Paused'\n")
        file.flush()
        watched.look(False, lambda uuid: False)
    deadline = time.monotonic() + 5
    while not news and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [item.log.states for item in news] == [("Paused",)]
