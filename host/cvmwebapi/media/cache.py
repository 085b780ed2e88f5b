"""The image cache: files named after their SHA-256, shared by all sessions and hosts of the user."""

from __future__ import annotations

from pathlib import Path

from cvmwebapi import paths


def folder() -> Path:
    """Where the images are."""
    place = paths.cache_folder() / "images"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def image(checksum: str, suffix: str) -> Path:
    """Where the image with this SHA-256 (64 hex digits) is, or will be."""
    return folder() / f"{checksum}{suffix}"


def partial(checksum: str) -> Path:
    """Where what has arrived of it is kept until it is whole."""
    return folder() / f"{checksum}.part"


def lock(checksum: str) -> Path:
    """The lock of whoever fetches it."""
    return paths.cache_folder() / "locks" / checksum
