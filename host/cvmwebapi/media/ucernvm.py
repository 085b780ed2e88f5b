"""The boot image of µCernVM, by version, flavour and architecture (docs/guest.md)."""

from __future__ import annotations

import re
from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.net import document
from cvmwebapi.system import files
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail

LATEST = "latest"
_VERSION = re.compile(r"[0-9A-Za-z.-]{1,64}")
_CHECKSUM = re.compile(r"([0-9a-f]{64}) [ *]?(\S+)\s*")


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
    if is_there(url):
        # A release never changes, and what is here was verified: it needs no network.
        there = cache.image(cache.known_as(url), ".iso")
        cache.touch(there)
        return there
    line = _CHECKSUM.fullmatch(_text(f"{url}.sha256", task).lower())
    if not line:
        raise CVMError("downloadFailed", url=f"{url}.sha256", detail=detail("noChecksum"))
    image = download.fetch(
        url,
        line[1],
        Target(cache.image(line[1], ".iso")),
        task,
        phase="downloadingImage",
        min_free=settings.min_free_disk * 2**20,
        any_http=True,
    )
    files.write_private(cache.alias(line[1]), url.encode("utf-8"))
    return image


def address(version: str, flavor: str, architecture: str, settings: Settings) -> str:
    """Where the release tree has the ISO. Raises ``CVMError("downloadFailed")`` when ``version`` is none."""
    root = settings.releases.rstrip("/")
    _check(version, root)
    name = f"ucernvm-{flavor}.{version}.cernvm.{architecture}.iso"
    return f"{root}/ucernvm-images.{version}.cernvm.{architecture}/{name}"


def is_there(url: str) -> bool:
    """Whether the cache has what ``address`` names."""
    checksum = cache.known_as(url)
    return bool(checksum) and cache.image(checksum, ".iso").exists()


def latest(settings: Settings, task: Task) -> str:
    """The newest version. Raises ``CVMError``: ``downloadFailed``, ``cancelled``."""
    url = f"{settings.releases.rstrip('/')}/{LATEST}"
    version = _text(url, task).strip()
    _check(version, url)
    return version


def _check(version: str, url: str) -> None:
    # It becomes part of an address.
    if not _VERSION.fullmatch(version) or version.startswith("."):
        raise CVMError("downloadFailed", url=url, detail=detail("noVersion"))


def _text(url: str, task: Task) -> str:
    try:
        return document.get(url, limit=4096, any_http=True, task=task).decode("ascii", "replace")
    except CVMError as error:
        task.check()
        raise CVMError("downloadFailed", url=url, detail=error.phrase) from error
