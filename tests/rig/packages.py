"""Debian packages that the rig's builders need on the machine itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.rig import cache
from tests.rig.root import as_root


def install_missing(needed: dict[str, str], log: Path) -> None:
    """Install what is missing of `needed` (package: a file that it brings), with apt-get."""
    missing = sorted(package for package, file in needed.items() if not Path(file).exists())
    if not missing:
        return
    if shutil.which("apt-get") is None:
        names = ", ".join(missing)
        raise cache.RigError(f"The test rig builds on Debian and its kin only: there is no apt-get to install {names}.")
    apt = as_root("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300")
    # An update waits for nobody.
    with cache.lock("apt"):
        cache.say(f"installing {', '.join(missing)}")
        cache.run([*apt, "update"], log)
        cache.run([*apt, "install", "-y", "--no-install-recommends", *missing], log)
