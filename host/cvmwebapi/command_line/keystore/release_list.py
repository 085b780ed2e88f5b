"""The list with which a keystore signs for a tree of boot images (media/releases.py)."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import BinaryIO

from cvmwebapi.command_line import inputs

LIST = "releases.lst"
SIGNATURE = "releases.sig"


def of_tree(tree: Path, days: int) -> bytes:
    """The list of all images below ``tree``, as they are there. Raises ``CVMError("inputUnusable")``."""
    from cvmwebapi import website
    from cvmwebapi.vmcp import list_names

    now = int(time.time())
    newest = inputs.read_file(tree / "latest").decode("ascii", "replace").strip()
    lines = [list_names.head(LIST), f"latest={newest}"]
    for image in sorted(tree.glob("*/*.iso")):
        with image.open("rb") as file:
            lines.append(f"{image.relative_to(tree).as_posix()}={_digest(file)}")
    return website.keystore_list(lines, now, signed=now, expires=now + days * 86_400)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while chunk := file.read(1 << 20):
        found.update(chunk)
    return found.hexdigest()
