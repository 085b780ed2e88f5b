"""The boot disk of a website (VMCP ``diskURL``): fetched, verified and unpacked in one pass, shared by all machines."""

from __future__ import annotations

from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, disk_formats, download, room, size, unpack
from cvmwebapi.media.target import Target
from cvmwebapi.media.unpack import Unpacker
from cvmwebapi.net import addresses, names
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail

_SUFFIXES = (".vdi", ".vmdk")
_FAULTS_OF_SERVERS = ("downloadFailed", "vmcpAddress", "vmcpInsecure", "vmcpRedirect", "vmcpUnreachable")


def boot_disk(url: str, checksum: str, domain: str, settings: Settings, task: Task) -> Path:
    """The medium to attach, fetched unless the cache has it. ``checksum`` is the SHA-256 of the file as served,
    ``domain`` that of the page.

    Raises ``CVMError``: ``imageUnusable``, ``imageTooLarge``, ``downloadFailed``, and of those of ``download.fetch``
    what is not about its server, since no page may know more of that than that it doesn't serve the image.
    """
    addresses.checked(url, settings.legacy_http_domains)
    try:
        return download.fetch(
            url,
            checksum,
            _Target(url, checksum, settings),
            task,
            phase="downloadingImage",
            min_free=settings.min_free_disk * 2**20,
            legacy_http=settings.legacy_http_domains,
            nearest=names.page_space(domain, settings.local_network_sites),
        )
    except CVMError as error:
        if error.name not in _FAULTS_OF_SERVERS:
            raise
        raise CVMError("downloadFailed", url=url, detail=detail("imageFault")) from error


def told_size(url: str, domain: str, settings: Settings, seconds: float, task: Task) -> int | None:
    """As ``size.told``, of a boot disk that a page of ``domain`` needs."""
    nearest = names.page_space(domain, settings.local_network_sites)
    return size.told(url, seconds, task, settings.legacy_http_domains, nearest=nearest)


def is_there(checksum: str) -> bool:
    """Whether the cache has the disk whose file, as served, has this SHA-256."""
    return _made_of(checksum) is not None


def _made_of(checksum: str) -> Path | None:
    final = cache.image(checksum, "")
    names = (final.with_name(final.name + suffix) for suffix in _SUFFIXES)
    return next((path for path in names if path.exists()), None)


class _Target(Target):
    def __init__(self, url: str, checksum: str, settings: Settings) -> None:
        self._name = url.rsplit("/", 1)[-1][:100]
        self._final = cache.image(checksum, "")
        self._unpacked = cache.unpacked(checksum)
        self._limit = settings.max_image * 2**20
        self._min_free = settings.min_free_disk * 2**20
        self._head = b""
        self._unpacker: Unpacker | None = None

    def there(self) -> Path | None:
        return _made_of(self._final.name)

    def feed(self, chunk: bytes) -> None:
        if self._unpacker:
            self._unpacker.feed(chunk)
        elif len(self._head) < unpack.HEAD:
            self._head += chunk
            packed_by = unpack.packing(self._head) if len(self._head) >= unpack.HEAD else ""
            if packed_by:
                self._unpacker = Unpacker(packed_by, self._unpacked, self._limit, self._room)
                self._unpacker.feed(self._head)

    def restart(self) -> None:
        self.abandon()
        self._head, self._unpacker = b"", None

    def abandon(self) -> None:
        if self._unpacker:
            self._unpacker.abandon()

    def finish(self, part: Path) -> Path:
        image = part
        try:
            if self._unpacker:
                self._unpacker.finish()
                image = self._unpacked
            elif part.stat().st_size > self._limit:
                raise CVMError("imageTooLarge", limit=self._limit // 2**20)
            made = disk_formats.prepared(image, self._final)
        except (disk_formats.BadImage, unpack.BadPacking, CVMError) as error:
            # The right bytes, and still of no use: there is nothing to go on from.
            self._unpacked.unlink(missing_ok=True)
            if isinstance(error, CVMError):
                if error.name == "imageTooLarge":
                    part.unlink()
                raise
            part.unlink()
            raise CVMError("imageUnusable", file=self._name, detail=error.phrase) from error
        part.unlink(missing_ok=True)
        return made

    def _room(self) -> None:
        room.check(self._unpacked.parent, 0, self._min_free)
