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
from cvmwebapi.texts.phrase import detail

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
    assert error.params == {"file": str(program), "detail": detail("anyoneWrites", part=str(place))}
    assert error.name == "launcherUnusable"
    # Whoever installs for himself alone may do as he likes.
    assert launcher.checked(program) == program


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_what_others_can_t_start_is_not_registered_for_all(program: Path, depth: int) -> None:
    place = (program, *program.parents)[depth]
    place.chmod(0o750)
    error = failure(system, program)
    assert error.params == {"file": str(program), "detail": detail("othersMayNot", part=str(place))}
    assert error.name == "launcherUnusable"


def test_what_is_no_program(program: Path, tmp_path: Path) -> None:
    for place in (tmp_path / "gone", tmp_path):
        assert failure(launcher.checked, place).params == {"file": str(place), "detail": detail("noFile")}
    program.chmod(0o644)
    error = failure(launcher.checked, program)
    assert (error.name, error.params) == (
        "launcherUnusable", {"file": str(program), "detail": detail("notExecutable")}
    )  # fmt: skip
    assert failure(launcher.find, str(program)).name == "launcherUnusable"


def test_the_program_that_runs_is_taken_or_the_one_beside_python_or_on_the_path(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beside(folder: Path) -> None:
        monkeypatch.setattr("sysconfig.get_path", lambda name: str(folder) if name == "scripts" else "")

    monkeypatch.setattr("sys.argv", [str(program)])
    assert launcher.find() == program
    other = tmp_path / "bin" / "cernvm-webapi"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    beside(other.parent)
    # A module that Python runs, a folder of that name, nothing: none of them is a program.
    for script in (str(tmp_path / "__main__.py"), str(tmp_path / "cernvm-webapi"), ""):
        monkeypatch.setattr("sys.argv", [script])
        assert launcher.find() == other
    beside(tmp_path)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr("sys.argv", [str(tmp_path / "__main__.py")])
    assert launcher.find() == program
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    error = failure(launcher.find)
    params = {"file": str(tmp_path / "__main__.py"), "detail": detail("notProgram")}
    assert (error.name, error.params) == ("launcherUnusable", params)


def test_a_program_is_named_by_its_whole_path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(program.parent)
    assert launcher.find("cernvm-webapi") == program
    monkeypatch.setattr("sys.argv", ["cernvm-webapi"])
    assert launcher.find() == program


def test_a_package_names_a_program_that_is_to_come() -> None:
    packed = argparse.Namespace(root=Path("/build/root"), launcher="/usr/bin/cernvm-webapi", system=True)
    assert install._program(packed) == "/usr/bin/cernvm-webapi"
    packed.launcher = "bin/cernvm-webapi"
    error = failure(install._program, packed)
    assert error.params == {"file": "bin/cernvm-webapi", "detail": detail("futurePath")}


@pytest.mark.parametrize("text", ["", "relative", "/nowhere/at/all"])
def test_a_home_that_is_no_folder(text: str) -> None:
    error = failure(launcher.home, {"HOME": text} if text else {})
    reason = detail("homeNotFolder", folder=text) if text else detail("homeUnset")
    assert (error.name, error.params) == ("homeMissing", {"detail": reason})


def test_a_home_of_another_user(tmp_path: Path) -> None:
    assert launcher.home({"HOME": str(tmp_path)}) == tmp_path
    assert launcher.home({"HOME": str(tmp_path)}, os.geteuid()) == tmp_path
    error = failure(launcher.home, {"HOME": str(tmp_path)}, os.geteuid() + 1)
    assert error.name == "homeForeign" and error.params["folder"] == str(tmp_path)
