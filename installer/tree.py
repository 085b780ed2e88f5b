"""The program as files below a root folder, as packages of Linux distributions and of macOS lay it out."""

from __future__ import annotations

import os
from pathlib import Path

from cvmwebapi.installation.browsers import Computer, table
from cvmwebapi.installation.registration import Registration

from installer import sources

_STARTER = """#!/usr/bin/python3
import sys
{more}
from cvmwebapi.main import main

main()
"""


def lay_out(root: Path, packages: str, command: str, system: str = "linux") -> None:
    """``packages``: folder of Python packages below ``root``; ``command``: path of the command; both absolute.

    The host is registered with all browsers for all users.
    """
    sources.copy_package(root / packages.lstrip("/") / "cvmwebapi")
    starter = root / command.lstrip("/")
    starter.parent.mkdir(parents=True, exist_ok=True)
    # Debian's own folder is on Python's path; others are not.
    more = "" if packages == "/usr/lib/python3/dist-packages" else f"sys.path.insert(0, {packages!r})"
    starter.write_text(_STARTER.format(more=more).replace("\n\n\nfrom", "\nfrom"), "utf-8")
    computer = Computer(system, root / "nonexistent", root)
    Registration(computer, system_wide=True).install(table(), command)
    for path in sorted(root.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path == starter else 0o644)
        os.utime(path, (sources.EPOCH, sources.EPOCH))
