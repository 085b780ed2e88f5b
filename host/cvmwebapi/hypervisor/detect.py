"""Where VBoxManage is: as configured, on PATH, in the registry (Windows), in the folders of its installers."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.system import platforms
from cvmwebapi.system.windows_registry import Registry

_REGISTRY_KEY = r"SOFTWARE\Oracle\VirtualBox"
# Browsers started from a desktop may have a shorter PATH than a terminal.
_FOLDERS = {
    "linux": ("/usr/bin", "/usr/local/bin", "/opt/VirtualBox", "/usr/lib/virtualbox"),
    "macos": ("/usr/local/bin", "/Applications/VirtualBox.app/Contents/MacOS"),
}


def _default_places(system: str, environment: Mapping[str, str], registry: Registry | None) -> list[Path]:
    if system != "windows":
        return [Path(folder) / "VBoxManage" for folder in _FOLDERS[system]]
    roots = [environment.get(name, "") for name in ("VBOX_MSI_INSTALL_PATH", "VBOX_INSTALL_PATH")]
    if registry:
        # A browser that ran while VirtualBox was installed hands the old environment on to us.
        with contextlib.suppress(OSError):
            roots.append(str(registry.values("HKLM", _REGISTRY_KEY).get("InstallDir", "")))
    roots.append(environment.get("PROGRAMFILES", r"C:\Program Files") + r"\Oracle\VirtualBox")
    return [Path(root) / "VBoxManage.exe" for root in roots if root]


def vboxmanage(
    configured: str = "",
    system: str = platforms.THIS,
    environment: Mapping[str, str] = os.environ,
    registry: Registry | None = None,
) -> Path:
    """The VBoxManage to use: the configured one, that on PATH, or that in a default folder.

    Raises ``CVMError("hypervisorMissing")``.
    """
    path = environment.get("PATH")
    found = shutil.which(configured or "VBoxManage", path=path)
    if found:
        return Path(found)
    if configured:
        raise CVMError("hypervisorMissing")
    if registry is None and sys.platform == "win32":
        from cvmwebapi.system import windows_registry

        registry = windows_registry.of_this_computer()
    for place in _default_places(system, environment, registry):
        if os.access(place, os.X_OK):
            return place
    raise CVMError("hypervisorMissing")
