"""How this computer would get VirtualBox: from its package manager, from the list of installers, or by hand."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.provision import installers, manual, package_managers, signed_list
from cvmwebapi.provision.installers import Installer, Platform
from cvmwebapi.provision.package_managers import Manager, Offer
from cvmwebapi.system import platforms
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail

_SECONDS = 20.0


@dataclass(frozen=True)
class Plan:
    """One of ``offer`` and ``installer``, or neither: then only a person can do it. ``fault`` says why, if known."""

    offer: Offer | None = None
    installer: Installer | None = None
    manager: Manager | None = None
    fault: CVMError | None = None

    @property
    def way(self) -> str:
        """``package``, ``download`` or ``manual``."""
        return "package" if self.offer else "download" if self.installer else "manual"

    @property
    def by_hand(self) -> str:
        """What a person would do: a command, or an address."""
        return self.offer.typed if self.offer else manual.DOWNLOADS

    def details(self) -> dict[str, Any]:
        """For the question to the user; ``size`` in MB."""
        details: dict[str, Any] = {"way": self.way, "manual": self.by_hand, "downloads": manual.DOWNLOADS}
        if self.offer:
            details.update(
                package=self.offer.package, manager=self.offer.manager.name, newVersion=str(self.offer.version)
            )
        elif self.installer:
            size = max(1, round(self.installer.size / 2**20))
            host = urlsplit(self.installer.url).hostname or ""
            details.update(host=host, size=size, newVersion=str(self.installer.number))
        if self.fault:
            details["fault"] = self.fault.to_json()
        return details


def make(settings: Settings, task: Task) -> Plan:
    """The package manager first: it keeps VirtualBox up to date. Raises ``CVMError("cancelled")``."""
    manager = package_managers.present(shutil.which) if platforms.THIS == "linux" else None
    offer = package_managers.offer(manager, tell) if manager else None
    if offer:
        return Plan(offer=offer, manager=manager)
    installer, fault = _listed(settings, task)
    return Plan(installer=installer, manager=manager, fault=fault)


def _listed(settings: Settings, task: Task) -> tuple[Installer | None, CVMError | None]:
    from cvmwebapi.vmcp.root_key import CERN

    found, faults = signed_list.lists(settings.keystores or (CERN,), task)
    here = this_platform()
    for one in found:
        installer = installers.choose(one, here)
        if installer:
            return installer, None
    # A list that is false is worth more words than one that is not there.
    faults.sort(key=lambda error: error.name == "installersUnreachable")
    return None, faults[0] if faults else CVMError("installerNone", detail=detail("noInstaller"))


def this_platform() -> Platform:
    """The one we run on."""
    try:
        text = Path("/etc/os-release").read_text("utf-8", "replace") if platforms.THIS == "linux" else ""
    except OSError:
        text = ""
    return installers.platform_of(platforms.THIS, platform.machine(), text)


def tell(command: Sequence[str]) -> str:
    """What a program prints that only tells something; "" when it fails."""
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "LANG": "C", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
