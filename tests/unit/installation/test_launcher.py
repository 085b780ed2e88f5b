"""Which program browsers may be told to start, above all when every user of the computer will start it."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi.command_line import install
from cvmwebapi.installation import launcher

from tests.unit.site_fixtures import failure


@pytest.fixture
def program() -> Iterator[Path]:
    """One that everybody may start, in folders that everybody may enter and only their owner may change."""
    # pytest's own folders are closed to others.
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        file = Path(name) / "opt" / "bin" / "cernvm-webapi"
        file.parent.mkdir(parents=True)
        file.write_text("#!/bin/sh\n")
        for place in (file, *list(file.parents)[:3]):
            place.chmod(0o755)
        yield file


def system(program: Path) -> str:
    """What ``install --system`` would register."""
    return install._program(argparse.Namespace(root=Path("/"), launcher=str(program), system=True))


def test_a_sound_program_is_taken(program: Path) -> None:
    assert system(program) == str(program)


def test_a_folder_that_all_may_write_to_is_fine_only_where_nobody_can_replace_others_files(program: Path) -> None:
    program.parent.parent.chmod(0o1777)
    assert system(program) == str(program)


@pytest.mark.parametrize("what", [".", "..", "../.."])
def test_what_others_may_replace_is_not_registered_for_all(program: Path, what: str) -> None:
    place = program if what == "." else program.parent if what == ".." else program.parent.parent
    place.chmod(0o757)
    error = failure(system, program)
    assert error.name == "launcherUnusable" and f"may write to {place}" in str(error.params["detail"])
    # Whoever installs for himself alone may do as he likes.
    assert launcher.checked(program) == program


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_what_others_can_t_start_is_not_registered_for_all(program: Path, depth: int) -> None:
    place = (program, *program.parents)[depth]
    place.chmod(0o750)
    error = failure(system, program)
    assert error.name == "launcherUnusable" and f"enter or start {place}" in str(error.params["detail"])


def test_what_is_no_program(program: Path, tmp_path: Path) -> None:
    assert "no such file" in str(failure(launcher.checked, tmp_path / "gone").params["detail"])
    assert "no such file" in str(failure(launcher.checked, tmp_path).params["detail"])
    program.chmod(0o644)
    assert "executed" in str(failure(launcher.checked, program).params["detail"])
    assert failure(launcher.find, str(program)).name == "launcherUnusable"


def test_a_program_is_named_by_its_whole_path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(program.parent)
    assert launcher.find("cernvm-webapi") == program
    monkeypatch.setattr("sys.argv", ["cernvm-webapi"])
    assert launcher.find() == program


def test_a_package_names_a_program_that_is_to_come() -> None:
    packed = argparse.Namespace(root=Path("/build/root"), launcher="/usr/bin/cernvm-webapi", system=True)
    assert install._program(packed) == "/usr/bin/cernvm-webapi"
    packed.launcher = "bin/cernvm-webapi"
    assert failure(install._program, packed).name == "launcherUnusable"


@pytest.mark.parametrize("text", ["", "relative", "/nowhere/at/all"])
def test_a_home_that_is_no_folder(text: str) -> None:
    error = failure(launcher.home, {"HOME": text} if text else {})
    assert error.name == "homeMissing" and (text or "HOME") in str(error.params["detail"])


def test_a_home_of_another_user(tmp_path: Path) -> None:
    assert launcher.home({"HOME": str(tmp_path)}) == tmp_path
    assert launcher.home({"HOME": str(tmp_path)}, os.geteuid()) == tmp_path
    error = failure(launcher.home, {"HOME": str(tmp_path)}, os.geteuid() + 1)
    assert error.name == "homeForeign" and error.params["folder"] == str(tmp_path)
