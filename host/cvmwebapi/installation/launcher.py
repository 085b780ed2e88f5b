"""Which program the browsers are to start, and for whom it is installed."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.codes import DetailCode
from cvmwebapi.texts.phrase import detail

COMMAND = "cernvm-webapi"
_MAX_LINKS = 40


def find(named: str = "") -> Path:
    """The program as named by the user, or the one that runs. Raises ``CVMError("launcherUnusable")``."""
    if named:
        return checked(Path(named).absolute())
    script = Path(sys.argv[0] or COMMAND)
    beside = Path(sysconfig.get_path("scripts")) / (COMMAND + (".exe" if sys.platform == "win32" else ""))
    onward = shutil.which(COMMAND)
    for candidate in (script.absolute(), beside, Path(onward) if onward else beside):
        if candidate.stem.startswith(COMMAND) and candidate.is_file():
            # Not resolved: a link of a package manager outlives its target's versions.
            return checked(candidate.absolute())
    raise CVMError("launcherUnusable", file=str(script), detail=detail("notProgram"))


def checked(program: Path) -> Path:
    """Raises ``CVMError("launcherUnusable")`` for what a browser could not start."""
    if not program.is_file():
        raise CVMError("launcherUnusable", file=str(program), detail=detail("noFile"))
    if not os.access(program, os.X_OK):
        raise CVMError("launcherUnusable", file=str(program), detail=detail("notExecutable"))
    return program


def checked_for_all(program: Path) -> Path:
    """The same for a program that every user starts: others than root must be able to, and to replace it never.

    Looked at are every file, folder and link on the real way to it, and to the interpreter that it names. Raises
    ``CVMError("launcherUnusable")`` with the command that mends it.
    """
    for part in _way(program):
        _check_part(program, part)
    interpreter = _interpreter(program)
    for part in _way(interpreter) if interpreter else ():
        _check_part(program, part)
    return program


def checked_package(program: Path, package: Path) -> None:
    """The same for what ``program`` imports."""
    for part in (*_way(package), *sorted(package.rglob("*.py"))):
        _check_part(program, part, started=False)


def _check_part(program: Path, part: Path, started: bool = True) -> None:
    found = part.lstat()
    quoted = shlex.quote(str(part))
    if found.st_uid not in (0, os.geteuid()):
        raise _unusable(program, "otherOwner", part, f"sudo chown -h root: {quoted}")
    if stat.S_ISLNK(found.st_mode):
        return
    others = stat.S_IWOTH | (stat.S_IWGRP if found.st_gid else 0)
    # In a folder with the sticky bit nobody can replace what is root's.
    sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    if found.st_mode & others and not sticky:
        raise _unusable(program, "othersWrite", part, f"sudo chmod go-w {quoted}")
    needed = stat.S_IXOTH if started or stat.S_ISDIR(found.st_mode) else stat.S_IROTH
    if not found.st_mode & needed:
        raise _unusable(program, "othersMayNot", part, f"sudo chmod o+rx {quoted}")


def _unusable(program: Path, code: DetailCode, part: Path, command: str) -> CVMError:
    return CVMError("launcherUnusable", file=str(program), detail=detail(code, part=str(part), command=command))


def _way(path: Path) -> Iterator[Path]:
    """Every folder, link and file that decides what ``path`` is, each link followed by what it stands for."""
    left = list(reversed(path.absolute().parts))
    at = Path(left.pop())
    yield at
    links = 0
    while left:
        name = left.pop()
        if name == os.pardir:
            at = at.parent
            continue
        yield at / name
        if not (at / name).is_symlink():
            at /= name
            continue
        links += 1
        if links > _MAX_LINKS:
            raise CVMError("launcherUnusable", file=str(path), detail=detail("noFile"))
        target = (at / name).readlink()
        if target.is_absolute():
            at = Path(target.anchor)
        left += [part for part in reversed(target.parts) if part != target.anchor]


def _interpreter(program: Path) -> Path | None:
    """The program that the first line of a script names."""
    with program.open("rb") as file:
        line = file.readline(256)
    if not line.startswith(b"#!"):
        return None
    words = os.fsdecode(line[2:]).split()
    return Path(words[0]) if words and Path(words[0]).is_absolute() else None


def home(environment: Mapping[str, str], me: int | None = None) -> Path:
    """The folder of the user who installs.

    Raises ``CVMError``: ``homeMissing``; ``homeForeign`` when it is another user's, as under some settings of sudo:
    files of root's in it would lock that user out.
    """
    if sys.platform == "win32":
        return Path.home()
    text = environment.get("HOME", "")
    folder = Path(text)
    if not text:
        raise CVMError("homeMissing", detail=detail("homeUnset"))
    if not folder.is_absolute() or not folder.is_dir():
        raise CVMError("homeMissing", detail=detail("homeNotFolder", folder=text))
    if folder.stat().st_uid != (os.geteuid() if me is None else me):
        raise CVMError("homeForeign", folder=text)
    return folder
