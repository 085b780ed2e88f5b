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
from cvmwebapi.texts.phrase import Phrase, detail

from tests.unit.site_fixtures import failure


def give(place: Path, user: int = -1, group: int = -1) -> None:
    """Make it another user's."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(place, user, group, follow_symlinks=False)


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


def refusal(program: Path) -> Phrase:
    error = failure(system, program)
    assert (error.name, error.params["file"]) == ("launcherUnusable", str(program))
    reason = error.params["detail"]
    assert isinstance(reason, Phrase)
    return reason


@pytest.mark.parametrize("mode", [0o757, 0o775, 0o777])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_what_others_may_replace_is_not_registered_for_all(program: Path, depth: int, mode: int) -> None:
    place = (program, *program.parents)[depth]
    give(place, group=1)
    place.chmod(mode)
    assert refusal(program) == detail("othersWrite", part=str(place), command=f"sudo chmod go-w {place}")
    # Whoever installs for himself alone may do as he likes.
    assert launcher.checked(program) == program
    # The command is the right one.
    place.chmod(mode & ~0o022)
    assert system(program) == str(program)


def test_root_s_own_group_may_write(program: Path) -> None:
    program.parent.chmod(0o775)
    assert system(program) == str(program)


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_what_belongs_to_another_user_is_not_registered_for_all(program: Path, depth: int) -> None:
    place = (program, *program.parents)[depth]
    give(place, 12345)
    assert refusal(program) == detail("otherOwner", part=str(place), command=f"sudo chown -h root: {place}")


@pytest.fixture
def foreign(program: Path) -> Path:
    """A folder of another user's with a program of his."""
    folder = program.parents[1] / "home of joe"
    folder.mkdir()
    (folder / "python").write_text("#!/bin/sh\n")
    for place in (folder, folder / "python"):
        place.chmod(0o755)
        give(place, 12345)
    return folder


@pytest.mark.parametrize("way", ["link", "link of links", "relative link", "linked folder", "folders up"])
def test_the_real_way_counts(program: Path, foreign: Path, way: str) -> None:
    """A link of root's own may lead through a folder of another user's."""
    at = program.parent
    program.unlink()
    if way == "link":
        program.symlink_to(foreign / "python")
    elif way == "link of links":
        (at / "onward").symlink_to(foreign / "python")
        program.symlink_to(at / "onward")
    elif way == "relative link":
        program.symlink_to(Path("..") / foreign.name / "python")
    elif way == "linked folder":
        (at / "folder").symlink_to(foreign)
        program.symlink_to(at / "folder" / "python")
    else:
        sound = at / "sound"
        sound.write_text("#!/bin/sh\n")
        sound.chmod(0o755)
        # There and back again: whoever owns it may put a link there.
        program.symlink_to(foreign / ".." / "bin" / "sound")
    reason = refusal(program)
    assert reason == detail("otherOwner", part=str(foreign), command=f"sudo chown -h root: '{foreign}'")


def test_a_link_of_another_user_s_in_a_folder_that_all_may_write_to(program: Path) -> None:
    open_folder = program.parents[1] / "open"
    open_folder.mkdir()
    open_folder.chmod(0o1777)
    link = open_folder / "cernvm-webapi"
    link.symlink_to(program)
    assert system(link) == str(link)
    give(link, 12345)
    assert refusal(link) == detail("otherOwner", part=str(link), command=f"sudo chown -h root: {link}")


def test_the_interpreter_of_a_script_counts_as_the_script_does(program: Path, foreign: Path) -> None:
    folder = foreign.rename(foreign.with_name("joe"))
    program.write_text(f"#!{folder}/python -I\n")
    assert refusal(program) == detail("otherOwner", part=str(folder), command=f"sudo chown -h root: {folder}")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_so_does_what_it_imports(program: Path, what: str) -> None:
    package = program.parents[1] / "cvmwebapi"
    (package / "net").mkdir(parents=True)
    (package / "net" / "web.py").write_text("")
    for place in (package, package / "net", package / "net" / "web.py"):
        place.chmod(0o755)
    launcher.checked_package(program, package)
    place = package if what == "folder" else package / "net" / "web.py"
    give(place, 12345)
    assert failure(launcher.checked_package, program, package).name == "launcherUnusable"


def test_links_in_a_circle_lead_nowhere(program: Path) -> None:
    other = program.with_name("other")
    other.symlink_to(program)
    program.unlink()
    program.symlink_to(other)
    assert failure(launcher.checked_for_all, program).name == "launcherUnusable"


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_what_others_can_t_start_is_not_registered_for_all(program: Path, depth: int) -> None:
    place = (program, *program.parents)[depth]
    place.chmod(0o750)
    assert refusal(program) == detail("othersMayNot", part=str(place), command=f"sudo chmod o+rx {place}")


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
