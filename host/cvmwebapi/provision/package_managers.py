"""Package managers of Linux distributions: does one have VirtualBox, and how is it told to install it?

Argument lists only; names of packages come from here, never from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cvmwebapi.hypervisor.versions import OLDEST, Version

_NUMBER = r"(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?"
_APT_NAME, _APT_VERSION = re.compile(r"^(\S+):$"), re.compile(rf"^\s+Candidate:\s*{_NUMBER}")
_NAME, _VERSION = re.compile(r"^Name\s*:\s*(\S+)"), re.compile(rf"^Version\s*:\s*{_NUMBER}")

Ask = Callable[[Sequence[str]], str]
"""Runs a command that only tells something; what it prints, "" if it failed."""


@dataclass(frozen=True)
class Manager:
    """``install`` and ``install_file`` are commands that a package's name or file is added to."""

    name: str
    program: str
    packages: tuple[str, ...]
    """The best first. Oracle's own are named after their version."""
    query: tuple[str, ...]
    name_line: re.Pattern[str]
    version_line: re.Pattern[str]
    install: tuple[str, ...]
    install_file: tuple[str, ...]
    again: tuple[str, ...]
    """What makes it put back the files of a package that it believes to be there."""
    busy: tuple[str, ...]
    """What it prints, in lower case, when another one of its kind is at work."""


_APT = ("apt-get", "install", "-y", "--no-install-recommends", "-o", "APT::Status-Fd=1", "-o", "DPkg::Lock::Timeout=5")
MANAGERS = (
    Manager(
        "apt", "apt-get", ("virtualbox", "virtualbox-7.2", "virtualbox-7.1", "virtualbox-7.0"),
        ("apt-cache", "policy"), _APT_NAME, _APT_VERSION, _APT, _APT, ("--reinstall",),
        ("could not get lock", "unable to lock", "unable to acquire the dpkg"),
    ),
    Manager(
        "dnf", "dnf", ("VirtualBox", "VirtualBox-7.2", "VirtualBox-7.1", "VirtualBox-7.0"), ("dnf", "-q", "info"),
        _NAME, _VERSION, ("dnf", "-y", "install"), ("dnf", "-y", "install"), (), ("waiting for process with pid",),
    ),
    Manager(
        "zypper", "zypper", ("virtualbox",), ("zypper", "--non-interactive", "info"), _NAME, _VERSION,
        ("zypper", "--non-interactive", "install"), ("zypper", "--non-interactive", "install"), ("--force",),
        ("system management is locked",),
    ),
    Manager(
        "pacman", "pacman", ("virtualbox",), ("pacman", "-Si"), _NAME, _VERSION,
        ("pacman", "-S", "--noconfirm"), ("pacman", "-U", "--noconfirm"), (), ("unable to lock database",),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A package that can be had."""

    manager: Manager
    package: str
    version: Version

    def command(self, again: bool) -> list[str]:
        """What installs it, or puts back the files of one that is damaged; needs root."""
        if again and self.manager.name == "dnf":
            return ["dnf", "-y", "reinstall", self.package]
        return [*self.manager.install, *(self.manager.again if again else ()), self.package]

    @property
    def typed(self) -> str:
        """The same for a person at a terminal."""
        verb = {"apt": "apt-get install", "pacman": "pacman -S"}.get(self.manager.name, f"{self.manager.name} install")
        return f"sudo {verb} {self.package}"


def present(find: Callable[[str], str | None]) -> Manager | None:
    """The manager of this system; ``find`` is like ``shutil.which``."""
    return next((manager for manager in MANAGERS if find(manager.program)), None)


def offer(manager: Manager, ask: Ask) -> Offer | None:
    """The first package of ours that this manager knows in a version that will do."""
    found = candidates(ask([*manager.query, *manager.packages]), manager)
    for package in manager.packages:
        if package in found and found[package] >= OLDEST:
            return Offer(manager, package, found[package])
    return None


def candidates(text: str, manager: Manager) -> dict[str, Version]:
    """Package → version that would be installed, from what the manager tells of several. Pure."""
    found: dict[str, Version] = {}
    package = ""
    for line in text.splitlines():
        name, version = manager.name_line.match(line), manager.version_line.match(line)
        if name:
            package = name[1]
        elif version and package:
            found.setdefault(package, Version(int(version[1]), int(version[2]), int(version[3] or 0)))
    return found
