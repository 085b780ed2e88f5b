"""The cache of boot images: is every file what its name says?"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

from cvmwebapi.doctor import machine_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.system import paths

# Boot disks are kept unpacked, under the checksum of what was served: those can't be looked at again.
_NAMED = re.compile(r"([0-9a-f]{64})\.(?:iso|deb|rpm|run|dmg|pkg|exe)")
_CHUNK = 1024 * 1024
_OLD = 30 * 86_400
"""Seconds after which a download that nobody went on with is forgotten."""


def look(around: Surroundings) -> Iterator[Finding]:
    """Reads every image: some seconds for each GB."""
    folder = paths.images_folder(around.cache)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    bad = damaged(files, around)
    for file in bad:
        if _in_use(around, file):
            yield Finding("imageInUse", {"file": str(file)}, part=file.name[:12])
        else:
            yield Finding("imageDamaged", {"file": str(file)}, part=file.name[:12], repair=True)
    for file in old_parts(files, time.time()):
        yield Finding("downloadForgotten", {"file": str(file)}, part=file.name[:12], repair=True)
    if not bad:
        yield Finding("cacheFine", {"count": sum(1 for file in files if _NAMED.fullmatch(file.name))})


def _in_use(around: Surroundings, file: Path) -> bool:
    """Whether a machine boots from it, and would not start any more without."""
    try:
        return any(row.iso == str(file) for row in machine_facts.rows(around))
    except CVMError:
        # Nobody knows.
        return True


def damaged(files: list[Path], around: Surroundings) -> list[Path]:
    """Those whose content has another SHA-256 than their name."""
    bad = []
    for file in files:
        name = _NAMED.fullmatch(file.name)
        if name and file.is_file() and _digest(file, around) not in (name[1], ""):
            bad.append(file)
    return bad


def _digest(file: Path, around: Surroundings) -> str:
    """Empty when nobody waits any more, or the file has gone meanwhile."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while chunk := content.read(_CHUNK):
                if around.task.cancelled:
                    return ""
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def old_parts(files: list[Path], now: float) -> list[Path]:
    """Downloads that were begun long ago."""
    return [file for file in files if file.suffix == ".part" and now - file.stat().st_mtime > _OLD]


def repair(around: Surroundings, part: str) -> None:
    """Remove the file: it is fetched again when it is needed."""
    for finding in look(around):
        if finding.part == part and finding.repair:
            Path(str(finding.params["file"])).unlink(missing_ok=True)


CHECK = Check(
    __name__,
    look=look,
    advice={
        "cacheFine": Advice("ok"),
        "imageDamaged": Advice("problem"),
        "downloadForgotten": Advice("warning"),
        "imageInUse": Advice("problem"),
    },
    repair=repair,
)
