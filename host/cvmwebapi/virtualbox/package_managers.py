"""Package managers of Linux distributions: does one have VirtualBox, and how is it told to install it?

Argument lists only; names of packages come from here, never from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cvmwebapi.hypervisor.versions import OLDEST, Version

_CANDIDATE = re.compile(r"^\s*Candidate:\s*(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?", re.MULTILINE)
_VERSION_LINE = re.compile(r"^Version\s*:\s*(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?", re.MULTILINE)

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
    version: re.Pattern[str]
    install: tuple[str, ...]
    install_file: tuple[str, ...]
    busy: tuple[str, ...]
    """What it prints, in lower case, when another one of its kind is at work."""


_APT = ("apt-get", "install", "-y", "--no-install-recommends", "-o", "APT::Status-Fd=1", "-o", "DPkg::Lock::Timeout=5")
MANAGERS = (
    Manager(
        "apt", "apt-get", ("virtualbox", "virtualbox-7.2", "virtualbox-7.1", "virtualbox-7.0"),
        ("apt-cache", "policy"), _CANDIDATE, _APT, _APT,
        ("could not get lock", "unable to lock", "unable to acquire the dpkg"),
    ),
    Manager(
        "dnf", "dnf", ("VirtualBox", "VirtualBox-7.2", "VirtualBox-7.1", "VirtualBox-7.0"), ("dnf", "-q", "info"),
        _VERSION_LINE, ("dnf", "-y", "install"), ("dnf", "-y", "install"), ("waiting for process with pid",),
    ),
    Manager(
        "zypper", "zypper", ("virtualbox",), ("zypper", "--non-interactive", "info"), _VERSION_LINE,
        ("zypper", "--non-interactive", "install"), ("zypper", "--non-interactive", "install"),
        ("system management is locked",),
    ),
    Manager(
        "pacman", "pacman", ("virtualbox",), ("pacman", "-Si"), _VERSION_LINE,
        ("pacman", "-S", "--noconfirm"), ("pacman", "-U", "--noconfirm"), ("unable to lock database",),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A package that can be had."""

    manager: Manager
    package: str
    version: Version

    @property
    def command(self) -> list[str]:
        """What installs it; needs root."""
        return [*self.manager.install, self.package]

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
    for package in manager.packages:
        found = candidate(ask([*manager.query, package]), manager.version)
        if found and found >= OLDEST:
            return Offer(manager, package, found)
    return None


def candidate(text: str, pattern: re.Pattern[str]) -> Version | None:
    """The version that would be installed, from what the manager tells. Pure."""
    match = pattern.search(text)
    return Version(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None
