"""Boot disks of websites: fetched, verified and unpacked in one pass, from a real HTTP server with faults."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import random
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import boot_disk, cache, download
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task

from .download_server import FaultyServer

SETTINGS = Settings(min_free_disk=0)


def raw_disk(size: int = 3_000_320, seed: int = 0) -> bytes:
    """Half noise, half zeros, with the mark of a boot sector."""
    noise = bytearray(random.Random(seed).randbytes(size // 2))
    noise[510:512] = b"\x55\xaa"
    return bytes(noise) + bytes(size - len(noise))


DISK = raw_disk()


def vdi(kind: int = 1, parent: bytes = bytes(16)) -> bytes:
    head = bytearray(1024)
    struct.pack_into("<IIII", head, 0x40, 0xBEDA107F, 0x00010001, 400, kind)
    head[0x188:0x198] = b"I" * 16
    head[0x1A8:0x1B8] = parent
    return bytes(head) + DISK


def vmdk(text: str, grains: int = 100) -> bytes:
    head = struct.pack("<4sIIQQQQIQQ", b"KDMV", 1, 3, 6000, 128, 1, 20, 512, 21, grains)
    return head.ljust(512, b"\0") + text.encode().ljust(20 * 512, b"\0") + DISK


WHOLE_VMDK = 'version=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicSparse"\nRW 6000 SPARSE "a.vmdk"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path)
    return tmp_path / "images"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer(DISK) as made:
        yield made


def fetch(server: FaultyServer, served: bytes | None = None, settings: Settings = SETTINGS) -> Path:
    if served is not None:
        server.content = served
    checksum = hashlib.sha256(served if served is not None else server.content).hexdigest()
    return boot_disk.boot_disk(server.url, checksum, "localhost", settings, Task())


def refused(server: FaultyServer, served: bytes, settings: Settings = SETTINGS) -> str:
    with pytest.raises(CVMError) as caught:
        fetch(server, served, settings)
    return caught.value.name


def content(medium: Path) -> bytes:
    assert medium.suffix == ".vmdk"
    return medium.with_suffix(".raw").read_bytes()


PACKERS = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "gzip of two members": lambda data: gzip.compress(data[:1_000_000]) + gzip.compress(data[1_000_000:]),
    "gzip with padding": lambda data: gzip.compress(data) + bytes(100),
    "xz": lzma.compress,
    "xz of two streams": lambda data: lzma.compress(data[:1_000_000]) + lzma.compress(data[1_000_000:]),
}


@pytest.mark.parametrize("packer", PACKERS)
def test_every_packing(server: FaultyServer, packer: str, folder: Path) -> None:
    medium = fetch(server, PACKERS[packer](DISK))
    assert content(medium) == DISK
    assert f'FLAT "{medium.stem}.raw" 0' in medium.read_text()
    assert sorted(path.suffix for path in folder.iterdir()) == [".raw", ".vmdk"], "nothing else is left"
    assert fetch(server) == medium and len(server.requests) == 1


def test_what_the_system_packs(server: FaultyServer, tmp_path: Path) -> None:
    """Real `gzip -9` and `xz -9`, with the largest dictionary."""
    file = tmp_path / "disk"
    file.write_bytes(DISK)
    for program in ("gzip", "xz"):
        packed = subprocess.run([program, "-9", "-c", str(file)], capture_output=True, check=True).stdout
        assert content(fetch(server, packed)) == DISK


def test_blocks_of_zeros_become_holes(server: FaultyServer) -> None:
    disk = raw_disk()[:20_480] + bytes(40_960_000)
    made = fetch(server, gzip.compress(disk)).with_suffix(".raw")
    assert made.read_bytes() == disk
    assert made.stat().st_blocks * 512 < 1_000_000


def test_a_size_that_is_no_multiple_of_a_sector_is_padded(server: FaultyServer) -> None:
    served = DISK[:-100]
    assert content(fetch(server, served)) == served + bytes(-len(served) % 512)


@pytest.mark.parametrize("packer", ["plain", "gzip", "xz"])
def test_a_hundred_cuts(server: FaultyServer, packer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    packed = PACKERS[packer](DISK)
    server.cut_after = len(packed) // 100
    assert content(fetch(server, packed)) == DISK
    assert len(server.requests) >= 100
    assert server.sent == len(packed), "nothing is sent twice"


def test_a_later_process_goes_on(server: FaultyServer) -> None:
    packed = gzip.compress(DISK)
    checksum = hashlib.sha256(packed).hexdigest()
    cache.folder()
    cache.partial(checksum).write_bytes(packed[:500_000])
    # What had been unpacked when the other one was killed is worthless.
    cache.unpacked(checksum).write_bytes(b"half")
    assert content(fetch(server, packed)) == DISK
    assert server.sent == len(packed) - 500_000


def test_a_stall_is_a_cut(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_SILENCE", 0.3)
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    server.stall_after = 100_000
    assert content(fetch(server)) == DISK
    assert server.sent == len(DISK) - 100_000


@pytest.mark.parametrize("tags", [True, False], ids=["with ETag", "without"])
def test_a_file_that_changes_between_two_parts(
    server: FaultyServer, tags: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second version is the one that was signed."""
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    packed = gzip.compress(DISK)
    server.content, server.tags = bytes(reversed(packed)), tags
    server.change_after, server.cut_after = 1, len(packed) // 2 + 10
    checksum = hashlib.sha256(packed).hexdigest()
    made = boot_disk.boot_disk(server.url, checksum, "localhost", SETTINGS, Task())
    assert content(made) == DISK
    assert ("if-range" in server.requests[1]) is tags


def test_a_server_that_sends_another_part_than_asked_for(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    server.cut_after, server.offset = 2_000_000, 10
    packed = DISK
    with pytest.raises(CVMError) as caught:
        fetch(server, packed)
    assert caught.value.name == "downloadFailed"


def test_wrong_bytes_and_wrong_length(server: FaultyServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    for served in (DISK[:-1] + b"x", gzip.compress(DISK)[:-1] + b"x", gzip.compress(DISK)[:-100]):
        server.content = served
        with pytest.raises(CVMError) as caught:
            boot_disk.boot_disk(server.url, "ab" * 32, "localhost", SETTINGS, Task())
        assert caught.value.name == "checksumMismatch"
        assert list(folder.iterdir()) == []
    server.claim = len(DISK) + 1
    assert refused(server, DISK) == "downloadFailed", "the byte that is missing never comes"


def test_a_gzip_bomb(server: FaultyServer, folder: Path) -> None:
    bomb = gzip.compress(bytes(300 * 2**20), 9)
    assert len(bomb) < 400_000
    assert refused(server, bomb, replace(SETTINGS, max_image=200)) == "imageTooLarge"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "served",
    [
        b"<html>Please log in</html>" * 100,
        b"",
        b"\x1f\x8b\x08" + bytes(1000),
        b"\xfd7zXZ\0" + bytes(1000),
        gzip.compress(DISK)[:-2000],
        lzma.compress(DISK)[:-2000],
        gzip.compress(gzip.compress(DISK)),
        b"QFI\xfb" + DISK,
        b"conectix" + DISK,
        b"# Disk DescriptorFile\nRW 6000 FLAT \"/dev/sda\" 0\n" + DISK,
        vdi(kind=4),
        vdi(parent=b"P" * 16),
        vmdk(WHOLE_VMDK, grains=2**64 - 1),
        vmdk(WHOLE_VMDK.replace("a.vmdk", "/etc/passwd")),
        vmdk(WHOLE_VMDK.replace("SPARSE", "FLAT")),
        vmdk(WHOLE_VMDK + 'RW 6000 FLAT "/dev/sda" 0\n'),
        vmdk(WHOLE_VMDK.replace("ffffffff", "12345678")),
        vmdk(WHOLE_VMDK + 'parentFileNameHint="/home/me/disk.vmdk"\n'),
        vmdk(WHOLE_VMDK.replace("monolithicSparse", "twoGbMaxExtentFlat")),
    ],
)  # fmt: skip
def test_what_is_no_disk_of_its_own(server: FaultyServer, folder: Path, served: bytes) -> None:
    assert refused(server, served) == "imageUnusable"
    assert list(folder.iterdir()) == []


def test_other_kinds_of_disks(server: FaultyServer) -> None:
    first = fetch(server, gzip.compress(vdi()))
    assert first.suffix == ".vdi"
    made = first.read_bytes()
    # An id of its own: images are often copies of one ancestor, which VirtualBox would take for the same.
    assert made[0x188:0x198] != b"I" * 16 and made[:0x188] + made[0x198:] == vdi()[:0x188] + vdi()[0x198:]
    assert fetch(server, vmdk(WHOLE_VMDK)).read_bytes() == vmdk(WHOLE_VMDK)


def test_a_full_disk_on_a_small_tmpfs(server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(small)], check=True)
    try:
        monkeypatch.setattr(paths, "cache_folder", lambda: small)
        noise = raw_disk(30_003_200, seed=1)
        # Fits when packed, does not when it is unpacked.
        packed = gzip.compress(noise[:20_480] * 1500, 9)
        assert refused(server, packed) == "diskFull"
        assert refused(server, noise) == "diskFull"
        assert not any(path.suffix != ".part" for path in (small / "images").iterdir())
        # With room again, what has come already is not fetched again.
        subprocess.run(["mount", "-o", "remount,size=64m", "none", str(small)], check=True)
        before = server.sent
        assert content(fetch(server, packed)) == noise[:20_480] * 1500
        assert server.sent - before < len(packed)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_two_at_once_fetch_it_once(server: FaultyServer) -> None:
    packed = gzip.compress(DISK)
    made: list[Path] = []
    threads = [threading.Thread(target=lambda: made.append(fetch(server, packed))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 and len(made) == 4
    assert server.sent == len(packed)


def test_cancelling_keeps_what_has_come(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(DISK)
    server.content, server.cut_after = packed, 700_000
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    checksum = hashlib.sha256(packed).hexdigest()
    # The first word of it is that something has come.
    task = Task(lambda *_: task.cancel())
    with pytest.raises(CVMError) as caught:
        boot_disk.boot_disk(server.url, checksum, "localhost", SETTINGS, task)
    assert caught.value.name == "cancelled"
    kept = cache.partial(checksum).stat().st_size
    assert kept > 0
    server.cut_after, server.sent = None, 0
    assert content(fetch(server)) == DISK
    assert server.sent == len(packed) - kept


def kept(folder: Path) -> set[str]:
    return {path.name[:2] for path in folder.iterdir()}


def fill(*names: str) -> list[str]:
    """Images of 1 MB each, the first one wanted longest ago."""
    checksums = []
    for place, name in enumerate(names):
        checksum = name * 32
        for suffix in (".raw", ".vmdk"):
            path = cache.image(checksum, suffix)
            path.write_bytes(bytes(2**20) if suffix == ".raw" else b"text")
            wanted = time.time() - 86_400 * (len(names) - place)
            os.utime(path, (wanted, wanted))
        checksums.append(checksum)
    return checksums


def test_pruning_by_age_and_size(folder: Path) -> None:
    a, _, _, d = fill("aa", "bb", "cc", "dd")
    # Four days old, and in use.
    assert cache.prune(10**9, 3.5, {a}) == 0 and kept(folder) == {"aa", "bb", "cc", "dd"}
    assert cache.prune(10**9, 2.5, {a}) > 2**20 and kept(folder) == {"aa", "cc", "dd"}
    assert cache.prune(1_500_000, 90, {a}) > 2**20 and kept(folder) == {"aa", "dd"}
    with cache._free(d):
        assert cache.clear({a}) == 0, "somebody is fetching it"
    assert cache.clear({a}) > 2**20 and kept(folder) == {"aa"}


def test_what_was_wanted_just_now_stays(server: FaultyServer, folder: Path) -> None:
    medium = fetch(server)
    assert cache.prune(0, 0, ()) == 0 and cache.clear(()) == 0
    assert medium.exists()
    assert cache.checksums([medium, "/somewhere/else.iso"]) == {medium.stem}
