"""Where VirtualBox keeps things: what it writes below a machine's folder, and its own list of machines.

Its files are called after the machine, and whoever renames that in VirtualBox's window renames them all. So none is
known by its name: each is looked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cvmwebapi.system import platforms

PREFIX = "CernVM "
"""What our machines' names begin with in VirtualBox's own window."""
_LOG = Path("Logs", "VBox.log")


class MachineFiles:
    """Those of one machine. ``folder`` is the one that we have given it, ``label`` its first name."""

    def __init__(self, folder: Path, label: str = "") -> None:
        self._folder = folder
        self._log = folder / label / _LOG
        self._settings = folder / label / f"{label}.vbox"
        self._disk = folder / label / "scratch.vdi"

    def told(self, info: Mapping[str, str]) -> None:
        """What VirtualBox says of them (``showvminfo``): a person may also have moved them out of our folder."""
        if info.get("LogFldr"):
            self._log = Path(info["LogFldr"]) / _LOG.name
        if info.get("CfgFile"):
            self._settings = Path(info["CfgFile"])

    @property
    def log(self) -> Path:
        """VBox.log of the present or last run; need not exist."""
        return self._present(self._log, f"*/{_LOG.as_posix()}")

    @property
    def settings(self) -> Path:
        """The settings; need not exist."""
        return self._present(self._settings, "*/*.vbox")

    @property
    def earlier_settings(self) -> Path | None:
        """Those before the last change."""
        return self._newest("*/*.vbox-prev")

    @property
    def disk(self) -> Path:
        """The disk that is made for it; need not exist."""
        return self._present(self._disk, f"*/{self._disk.name}")

    def _present(self, known: Path, pattern: str) -> Path:
        return known if known.exists() else self._newest(pattern) or known

    def _newest(self, pattern: str) -> Path | None:
        return max(self._folder.glob(pattern), key=_changed, default=None)


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        # Removed meanwhile.
        return 0.0


def machine_list(
    home: Path | None = None, environment: Mapping[str, str] = os.environ, system: str = platforms.THIS
) -> Path:
    """VirtualBox's own settings of this user, with its list of machines; need not exist.

    The folder is chosen as VirtualBox chooses it: of the old and the new place, the first that is there.
    """
    home = home or Path.home()
    if environment.get("VBOX_USER_HOME"):
        folders = [Path(environment["VBOX_USER_HOME"])]
    elif system == "macos":
        folders = [home / "Library" / "VirtualBox"]
    else:
        folders = [home / ".VirtualBox"]
        if system == "linux":
            folders.append(home / (environment.get("XDG_CONFIG_HOME") or ".config") / "VirtualBox")
    return next((folder for folder in folders if folder.is_dir()), folders[-1]) / "VirtualBox.xml"
