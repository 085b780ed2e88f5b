"""Where VBoxManage is."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from cvmwebapi.errors import CVMError


def _default_places() -> list[Path]:
    if sys.platform == "win32":
        roots = [os.environ.get(name, "") for name in ("VBOX_MSI_INSTALL_PATH", "VBOX_INSTALL_PATH")]
        programs = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        return [Path(root) / "VBoxManage.exe" for root in (*roots, programs + r"\Oracle\VirtualBox") if root]
    # Browsers started from a desktop may have a shorter PATH than a terminal.
    return [Path(folder) / "VBoxManage" for folder in ("/usr/bin", "/usr/local/bin", "/opt/VirtualBox")]


def vboxmanage(configured: str = "") -> Path:
    """The VBoxManage to use: the configured one, that on PATH, or that in a default folder.

    Raises ``CVMError("hypervisorMissing")``.
    """
    if configured:
        found = shutil.which(configured)
        if found:
            return Path(found)
        raise CVMError("hypervisorMissing")
    found = shutil.which("VBoxManage")
    if found:
        return Path(found)
    for place in _default_places():
        if os.access(place, os.X_OK):
            return place
    raise CVMError("hypervisorMissing")
