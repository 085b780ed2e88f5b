"""Which program the browsers are to start, and for whom it is installed."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

COMMAND = "cernvm-webapi"


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
    """The same for a program that every user starts: others than its owner must be able to, and to replace it never.

    Raises ``CVMError("launcherUnusable")``.
    """
    for part in (program, *program.parents):
        mode = part.stat().st_mode
        if not mode & stat.S_IXOTH:
            raise CVMError("launcherUnusable", file=str(program), detail=detail("othersMayNot", part=str(part)))
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise CVMError("launcherUnusable", file=str(program), detail=detail("anyoneWrites", part=str(part)))
    return program


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
