"""How a person installs VirtualBox without us: shown whenever we can't."""

from __future__ import annotations

import shutil

from cvmwebapi.provision import package_managers

DOWNLOADS = "https://www.virtualbox.org/wiki/Downloads"


def command(system: str, path: str | None, ask: package_managers.Ask) -> str:
    """What to type here, "" where a person has to download and click. ``path`` is $PATH."""
    found = offer(system, path, ask)
    return found.typed if found else ""


def offer(system: str, path: str | None, ask: package_managers.Ask) -> package_managers.Offer | None:
    """What the package manager of this system has, if it has one (Linux)."""
    if system != "linux":
        return None
    manager = package_managers.present(lambda name: shutil.which(name, path=path))
    return package_managers.offer(manager, ask) if manager else None
