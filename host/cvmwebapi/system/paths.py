"""Where the program keeps its things, one function a place. Folders are made on first use, for the user alone.

What lies in the data or the cache is also told for another such folder than this user's; then nothing is made.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import platformdirs

_APP = "cernvm-webapi"
_MACHINES, _IMAGES = "machines", "images"


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


def ledger(data: Path | None = None) -> Path:
    """The file with all sessions; need not exist."""
    return (data or data_folder()) / "ledger.sqlite"


def machines_folder(data: Path | None = None) -> Path:
    """One folder a machine, called after its session; VirtualBox writes its settings, disks and logs there."""
    return data / _MACHINES if data else _private(data_folder() / _MACHINES)


def images_folder(cache: Path | None = None) -> Path:
    """What machines boot from, and what is being downloaded."""
    return cache / _IMAGES if cache else _private(cache_folder() / _IMAGES)


def keystores_folder(cache: Path | None = None) -> Path:
    """The lists of sites' keys as they were last fetched; need not exist."""
    return (cache or cache_folder()) / "keystores"


def locks_folder(of: Path | None = None) -> Path:
    """The locks of what lies in the data (or in ``of``), and the notes that go with them; need not exist."""
    return (of or data_folder()) / "locks"


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
