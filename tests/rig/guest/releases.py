"""A release tree of boot images as docs/guest.md describes it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path


def make_release_tree(
    folder: Path,
    iso: Path,
    version: str = "2.0-1",
    flavor: str = "prod",
    architectures: Sequence[str] = ("x86_64",),
) -> None:
    """Lay out `folder` as the root of a release server that offers `iso` under this version."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest").write_text(f"{version}\n")
    checksum = hashlib.sha256(iso.read_bytes()).hexdigest()
    for architecture in architectures:
        place = folder / f"ucernvm-images.{version}.cernvm.{architecture}"
        place.mkdir(exist_ok=True)
        name = f"ucernvm-{flavor}.{version}.cernvm.{architecture}.iso"
        shutil.copy(iso, place / name)
        (place / f"{name}.sha256").write_text(f"{checksum} {name}\n")
