"""Where the program keeps its things, one function a place. Folders are made on first use, for the user alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import platformdirs

_APP = "cernvm-webapi"


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@lru_cache(maxsize=1)
def data_folder() -> Path:
    """Ledger, machines and context media: what must survive."""
    return _private(Path(platformdirs.user_data_dir(_APP, appauthor=False)))


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Downloaded images and key lists: what can be fetched again."""
    return _private(Path(platformdirs.user_cache_dir(_APP, appauthor=False)))


def machines_folder() -> Path:
    """One folder a machine; VirtualBox writes its settings, disks and logs there."""
    return _private(data_folder() / "machines")


def log_folder() -> Path:
    """The host's own log."""
    return _private(Path(platformdirs.user_log_dir(_APP, appauthor=False)))


def all_folders() -> list[Path]:
    """Where anything of this user may lie, whether it is there or not: data (first), cache, log, settings."""
    places = (platformdirs.user_data_dir, platformdirs.user_cache_dir, platformdirs.user_log_dir)
    folders = [Path(place(_APP, appauthor=False)) for place in places]
    # On Linux the log has a folder of its own below ours.
    log = folders[2].parent if folders[2].name == "log" else folders[2]
    return list(dict.fromkeys([*folders[:2], log, settings_file().parent]))


def program_folders() -> list[Path]:
    """Where the single-file program lies when the installation script put it there, and what it has unpacked."""
    name = f"{_APP}-program"
    return [
        Path(platformdirs.user_cache_dir(name, appauthor=False)),
        Path(platformdirs.user_data_dir(name, appauthor=False)),
    ]


def settings_file() -> Path:
    """The user's settings, JSON; need not exist."""
    return Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "settings.json"
