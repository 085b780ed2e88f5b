"""Where VirtualBox's files of a machine are looked for, and its own list of machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cvmwebapi.hypervisor.places import MachineFiles, machine_list

LABEL = "CernVM one (example.org)"


def make(folder: Path, label: str, *names: str) -> None:
    for name in ("Logs/VBox.log", f"{label}.vbox", f"{label}.vbox-prev", "scratch.vdi", *names):
        file = folder / label / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")


def of(files: MachineFiles) -> list[Path | None]:
    return [files.log, files.settings, files.earlier_settings, files.disk]


def places(folder: Path, label: str) -> list[Path | None]:
    place = folder / label
    return [place / "Logs/VBox.log", place / f"{label}.vbox", place / f"{label}.vbox-prev", place / "scratch.vdi"]


def test_before_there_is_a_machine_they_are_where_they_will_be(tmp_path: Path) -> None:
    files = MachineFiles(tmp_path, LABEL)
    log, settings, _, disk = places(tmp_path, LABEL)
    assert of(files) == [log, settings, None, disk]


@pytest.mark.parametrize("label", [LABEL, ""])
def test_a_machine_renamed_in_virtualbox_s_window_keeps_its_files(label: str, tmp_path: Path) -> None:
    files = MachineFiles(tmp_path, label)
    make(tmp_path, LABEL, f"{LABEL}.vbox-damaged", "Logs/VBox.log.1")
    assert of(files) == places(tmp_path, LABEL)
    (tmp_path / LABEL).rename(tmp_path / "My own name")
    for suffix in (".vbox", ".vbox-prev", ".vbox-damaged"):
        (tmp_path / "My own name" / f"{LABEL}{suffix}").rename(tmp_path / "My own name" / f"My own name{suffix}")
    assert of(files) == places(tmp_path, "My own name")


def test_of_two_logs_the_later_one_counts(tmp_path: Path) -> None:
    make(tmp_path, "old")
    make(tmp_path, "new")
    os.utime(tmp_path / "old/Logs/VBox.log", (1, 1))
    assert MachineFiles(tmp_path, LABEL).log == tmp_path / "new/Logs/VBox.log"


def test_a_machine_that_was_moved_elsewhere_is_where_virtualbox_says(tmp_path: Path) -> None:
    ours, elsewhere = tmp_path / "ours", tmp_path / "elsewhere"
    make(elsewhere, "moved")
    files = MachineFiles(ours, LABEL)
    files.told({"LogFldr": str(elsewhere / "moved/Logs"), "CfgFile": str(elsewhere / "moved/moved.vbox")})
    assert [files.log, files.settings] == places(elsewhere, "moved")[:2]


@pytest.mark.parametrize(
    ("system", "environment", "there", "expected"),
    [
        ("linux", {}, [], ".config/VirtualBox"),
        ("linux", {}, [".VirtualBox", ".config/VirtualBox"], ".VirtualBox"),
        ("linux", {"XDG_CONFIG_HOME": "{home}/xdg"}, [], "xdg/VirtualBox"),
        ("linux", {"VBOX_USER_HOME": "{home}/mine"}, [".VirtualBox"], "mine"),
        ("linux", {"VBOX_USER_HOME": "", "XDG_CONFIG_HOME": ""}, [], ".config/VirtualBox"),
        ("macos", {"XDG_CONFIG_HOME": "{home}/xdg"}, [".VirtualBox"], "Library/VirtualBox"),
        ("windows", {}, [".config/VirtualBox"], ".VirtualBox"),
    ],
)
def test_virtualbox_s_list_is_where_virtualbox_keeps_it(
    system: str, environment: dict[str, str], there: list[str], expected: str, tmp_path: Path
) -> None:
    for folder in there:
        (tmp_path / folder).mkdir(parents=True)
    variables = {name: value.format(home=tmp_path) for name, value in environment.items()}
    assert machine_list(tmp_path, variables, system) == tmp_path / expected / "VirtualBox.xml"
