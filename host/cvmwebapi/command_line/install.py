"""``cernvm-webapi install``: tell the browsers where the native messaging host is."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import cvmwebapi
from cvmwebapi.errors import CVMError
from cvmwebapi.installation import browsers, launcher, sandboxes
from cvmwebapi.installation.browsers import Computer
from cvmwebapi.installation.registration import Registration
from cvmwebapi.texts.phrase import detail


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("install", help="register this program with the browsers on this computer")
    add_scope(parser)
    parser.add_argument(
        "--browser", action="append", choices=sorted(browsers.table()), help="register with this browser, found or not"
    )
    parser.add_argument("--all", action="store_true", help="register with every known browser, found or not")
    parser.add_argument("--launcher", default="", metavar="FILE", help="what browsers start; default: this program")
    parser.add_argument(
        "--open-flatpaks", action="store_true", help="also let Flatpak browsers start it outside their sandbox"
    )
    parser.set_defaults(run=_run)


def add_scope(parser: argparse.ArgumentParser) -> None:
    """The options that say for whom."""
    parser.add_argument("--system", action="store_true", help="for all users of this computer")
    parser.add_argument("--root", type=Path, default=Path("/"), help="with --system: another root folder, for packages")


def registration(options: argparse.Namespace) -> Registration:
    """As the options say. Raises ``CVMError``: ``homeMissing``, ``homeForeign``."""
    # System-wide nobody's own folder matters.
    home = options.root / "nonexistent" if options.system else launcher.home(os.environ)
    computer = Computer.this(home, options.root if options.system else Path("/"))
    registry = None
    if computer.system == "windows":
        from cvmwebapi.system import windows_registry

        registry = windows_registry.of_this_computer()
    return Registration(computer, options.system, registry)


def _program(options: argparse.Namespace) -> str:
    if options.root != Path("/"):
        # A package is made: the program is not where it will be.
        if not Path(options.launcher).is_absolute():
            raise CVMError("launcherUnusable", file=options.launcher, detail=detail("futurePath"))
        return str(options.launcher)
    program = launcher.find(options.launcher)
    if options.system and sys.platform != "win32":
        launcher.checked_for_all(program)
        if not options.launcher:
            launcher.checked_package(program, Path(cvmwebapi.__file__).parent)
    return str(program)


def _run(options: argparse.Namespace) -> int:
    target = registration(options)
    found = target.found()
    names = list(browsers.table()) if options.all else options.browser or found
    apps = [] if options.system else sandboxes.found(target.computer)
    if not names and not apps:
        raise CVMError("noBrowser", known=", ".join(browsers.table()))
    for place in target.install(names, _program(options), apps, options.open_flatpaks):
        print(f"registered with {place}")
    if target.computer.system == "linux":
        proxy = sandboxes.has_proxy(target.computer)
        for app in apps:
            print(sandboxes.advice(app, proxy, options.open_flatpaks))
    return 0
