"""The boot image of µCernVM, by version, flavour and architecture (docs/guest.md)."""

from __future__ import annotations

import re
from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download, releases
from cvmwebapi.media.target import Target
from cvmwebapi.system import files
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail

LATEST = releases.LATEST
_VERSION = re.compile(r"[0-9A-Za-z.-]{1,64}")
_PATIENCE = 3.0
"""Seconds for asking whether an image that is here is still the right one."""


def boot_iso(
    version: str,
    flavor: str,
    architecture: str,
    settings: Settings,
    task: Task,
) -> Path:
    """The verified ISO, fetched unless the cache has it. ``architecture`` is ``x86_64`` or ``i386``, ``version`` a
    number (see ``latest``).

    Raises ``CVMError``: ``downloadFailed`` when the release tree lacks it, and those of ``download.fetch``.
    """
    url = address(version, flavor, architecture, settings)
    root = settings.releases.rstrip("/")
    path = url[len(root) + 1 :]
    if is_there(url) and not _disowned(url, path, settings, task):
        # A release never changes, and what is here was verified: it needs no network.
        there = cache.image(cache.known_as(_name(url)), ".iso")
        cache.touch(there)
        return there
    wanted = releases.checksum(path, settings, task)
    image = download.fetch(
        url,
        wanted,
        Target(cache.image(wanted, ".iso")),
        task,
        phase="downloadingImage",
        min_free=settings.min_free_disk * 2**20,
        any_http=True,
    )
    files.write_private(cache.alias(wanted), _name(url).encode("utf-8"))
    return image


def _disowned(url: str, path: str, settings: Settings, task: Task) -> bool:
    """Whether the tree says by now that the image in the cache is not the right one; it is forgotten then.

    A tree that can't be asked has not changed its mind.
    """
    known = cache.known_as(_name(url))
    try:
        wanted = releases.checksum(path, settings, task, _PATIENCE)
    except CVMError:
        task.check()
        return False
    if wanted != known:
        cache.alias(known).unlink(missing_ok=True)
    return wanted != known


def _name(url: str) -> str:
    """What an image is known as. One that was believed without a signature, of such a tree, is not known any more."""
    return url if releases.speaks_for_itself(url) else f"{url} by signed list"


def address(version: str, flavor: str, architecture: str, settings: Settings) -> str:
    """Where the release tree has the ISO. Raises ``CVMError("downloadFailed")`` when ``version`` is none."""
    root = settings.releases.rstrip("/")
    _check(version, root)
    name = f"ucernvm-{flavor}.{version}.cernvm.{architecture}.iso"
    return f"{root}/ucernvm-images.{version}.cernvm.{architecture}/{name}"


def is_there(url: str) -> bool:
    """Whether the cache has what ``address`` names."""
    checksum = cache.known_as(_name(url))
    return bool(checksum) and cache.image(checksum, ".iso").exists()


def latest(settings: Settings, task: Task) -> str:
    """The newest version. Raises ``CVMError``: ``downloadFailed``, ``cancelled``."""
    version = releases.latest(settings, task)
    _check(version, f"{settings.releases.rstrip('/')}/{LATEST}")
    return version


def _check(version: str, url: str) -> None:
    # It becomes part of an address.
    if not _VERSION.fullmatch(version) or version.startswith("."):
        raise CVMError("downloadFailed", url=url, detail=detail("noVersion"))
