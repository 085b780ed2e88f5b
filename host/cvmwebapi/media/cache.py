"""The image cache: files named after the SHA-256 of what was served, shared by all sessions and hosts of the user."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.system import files, paths

_NAME = re.compile(r"([0-9a-f]{64})\.\w+")
_ALIAS = ".name"
_DAY = 86_400
_JUST_NOW = 60.0
"""Seconds in which a machine may be made of an image that it was not yet written down for."""


def folder() -> Path:
    """Where the images are."""
    return paths.images_folder()


def image(checksum: str, suffix: str) -> Path:
    """Where the image with this SHA-256 (64 hex digits) is, or will be."""
    return folder() / f"{checksum}{suffix}"


def partial(checksum: str) -> Path:
    """Where what has arrived of it is kept until it is whole."""
    return folder() / f"{checksum}.part"


def unpacked(checksum: str) -> Path:
    """Where it is unpacked to until that is done; worthless after an interruption."""
    return folder() / f"{checksum}.unpacked"


def alias(checksum: str) -> Path:
    """Where the name is kept that it has where it came from, if its checksum is told nowhere else."""
    return folder() / f"{checksum}{_ALIAS}"


def known_as(name: str) -> str:
    """The checksum that an image of this name had when it was fetched; "" when there was none."""
    for path in folder().glob(f"*{_ALIAS}"):
        with contextlib.suppress(OSError):
            if path.read_text("utf-8") == name:
                return path.stem
    return ""


def lock(checksum: str) -> Path:
    """The lock of whoever fetches it, or deletes it."""
    return paths.locks_folder(paths.cache_folder()) / checksum


def touch(path: Path) -> None:
    """Note that an image is wanted again: the oldest ones are deleted first."""
    with contextlib.suppress(OSError):
        os.utime(path)


@dataclass(frozen=True)
class Entry:
    """One image, or what has arrived of one: its files, bytes on disk, and when it was last wanted (since 1970)."""

    checksum: str
    files: tuple[Path, ...]
    size: int
    wanted: float


def entries() -> list[Entry]:
    """All images, the one that was wanted longest ago first."""
    found: dict[str, list[tuple[Path, os.stat_result]]] = {}
    for path in folder().iterdir():
        name = _NAME.fullmatch(path.name)
        with contextlib.suppress(FileNotFoundError):
            if name:
                found.setdefault(name[1], []).append((path, path.stat()))
    made = [
        Entry(checksum, tuple(path for path, _ in parts), sum(map(_space, parts)), max(s.st_mtime for _, s in parts))
        for checksum, parts in found.items()
    ]
    return sorted(made, key=lambda entry: entry.wanted)


def prune(max_bytes: int, max_days: float, in_use: Collection[str]) -> int:
    """Delete images that no machine uses: those not wanted for ``max_days``, and the oldest beyond ``max_bytes``.

    ``in_use`` holds checksums. Returns the bytes that were freed.
    """
    unused = _unused(in_use)
    total, freed = sum(entry.size for entry in unused), 0
    for entry in unused:
        old = time.time() - entry.wanted > max_days * _DAY
        if (old or total > max_bytes) and _deleted(entry):
            total -= entry.size
            freed += entry.size
    return freed


def clear(in_use: Collection[str]) -> int:
    """Delete all images that no machine uses; returns the bytes that were freed."""
    return sum(entry.size for entry in _unused(in_use) if _deleted(entry))


def checksums(media: Collection[Path | str]) -> set[str]:
    """The checksums of media that machines have attached."""
    return {name[1] for medium in media if (name := _NAME.fullmatch(Path(medium).name))}


def _unused(in_use: Collection[str]) -> list[Entry]:
    latest = time.time() - _JUST_NOW
    return [entry for entry in entries() if entry.checksum not in in_use and entry.wanted < latest]


def _deleted(entry: Entry) -> bool:
    with _free(entry.checksum) as free:
        if free:
            # Descriptions first: who finds one relies on its content.
            for path in sorted(entry.files, key=lambda path: path.suffix == ".raw"):
                path.unlink(missing_ok=True)
        return free


@contextlib.contextmanager
def _free(checksum: str) -> Iterator[bool]:
    """Whether nobody is fetching it just now; holds its lock meanwhile."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(files.locked(lock(checksum), seconds=0))
        except TimeoutError:
            yield False
        else:
            yield True


def _space(part: tuple[Path, os.stat_result]) -> int:
    # Holes take no space. Windows does not say how much is used.
    blocks = getattr(part[1], "st_blocks", None)
    return part[1].st_size if blocks is None else blocks * 512
