"""The context medium of a session: the user data, on a CD or a floppy that the machine's first boot reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cvmwebapi.media import context_floppy, context_iso


def medium(folder: Path, floppy: bool) -> Path:
    """Where it lies in the session's ``folder``; ``floppy``: of what kind it is to be where there is none yet."""
    cd, disk = folder / "context.iso", folder / "context.img"
    # The machine keeps the kind that it was made with, even when the site changes its flags.
    if cd.exists() or disk.exists():
        return disk if disk.exists() else cd
    return disk if floppy else cd


def write(medium: Path, user_data: str, vm: str) -> str:
    """Write it for the machine with this UUID; returns what tells these user data from others."""
    if medium.suffix == ".img":
        context_floppy.write(medium, user_data)
    else:
        context_iso.write(medium, user_data, vm)
    return digest(user_data)


def digest(user_data: str) -> str:
    """Tells these user data from others."""
    return hashlib.sha256(user_data.encode()).hexdigest()
