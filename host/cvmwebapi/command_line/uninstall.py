"""``cernvm-webapi uninstall``: take back the registration, and what was stored if the user wants that."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import install, remove_all
from cvmwebapi.errors import CVMError
from cvmwebapi.system import paths
from cvmwebapi.texts.phrase import why


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("uninstall", help="take back the registration with the browsers")
    install.add_scope(parser)
    data = parser.add_mutually_exclusive_group()
    data.add_argument(
        "--remove-data", action="store_true", help="also remove virtual machines, images and settings; don't ask"
    )
    data.add_argument("--keep-data", action="store_true", help="keep virtual machines, images and settings; don't ask")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    status = _uninstall(options)
    if status == 0 and not options.system:
        # At the very end: until here the program may still load parts of itself from there.
        for place in _remove_program():
            print(f"removed {place}")
    return status


def _uninstall(options: argparse.Namespace) -> int:
    removed = install.registration(options).uninstall()
    for place in removed:
        print(f"removed {place}")
    if not removed:
        print("it was not registered")
    if options.system:
        print("The virtual machines and images of each user stay. A user removes them with “cernvm-webapi uninstall”.")
        return 0
    folders = [folder for folder in paths.all_folders() if folder.exists()]
    if not folders:
        return 0
    if options.keep_data or not (options.remove_data or _wanted(folders)):
        print("Kept: " + ", ".join(map(str, folders)) + "\n“cernvm-webapi uninstall --remove-data” removes them.")
        return 0
    return _remove_data(folders)


def _remove_program() -> list[str]:
    """What the installation script has put there. What runs of it now is in memory."""
    link = Path.home() / ".local" / "bin" / "cernvm-webapi"
    removed = []
    for folder in paths.program_folders():
        if folder.is_dir() and link.is_symlink() and folder in link.parent.joinpath(link.readlink()).parents:
            link.unlink()
            removed.append(str(link))
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(str(folder))
    return removed


def _wanted(folders: list[Path]) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"Virtual machines, images and settings take {_megabytes(folders)} MB:")
    return input("Remove them too? [y/N] ").strip().lower() in ("y", "yes")


def _megabytes(folders: list[Path]) -> int:
    return sum(file.lstat().st_blocks * 512 for folder in folders for file in folder.rglob("*")) // 2**20


def _remove_data(folders: list[Path]) -> int:
    """Machines first, by VirtualBox: their folders alone would leave it with machines that are not there."""
    if paths.ledger(paths.all_folders()[0]).exists() and remove_all.remove("all"):
        print("Some virtual machines could not be removed, so all data is kept.", file=sys.stderr)
        return 1
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise CVMError("installFailed", place=str(folder), detail=why(error)) from error
        print(f"removed {folder}")
    return 0
