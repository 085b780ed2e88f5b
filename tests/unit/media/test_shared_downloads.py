"""Downloads and the cache between processes: a killed one's bytes are kept, two hosts fetch a file once."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import boot_disk, cache, download, ucernvm
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.resources import images
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task

from tests.lab.machines import session_row

from .download_server import FaultyServer
from .test_boot_disk import DISK, SETTINGS, content

PACKED = gzip.compress(DISK)
CHECKSUM = hashlib.sha256(PACKED).hexdigest()
_HOST = """
import sys
from cvmwebapi.media import boot_disk
from cvmwebapi.config.settings import Settings
from cvmwebapi.tasks import Task
print(boot_disk.boot_disk(sys.argv[1], sys.argv[2], "localhost", Settings(min_free_disk=0), Task()))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / ".cache" / "cernvm-webapi"
    place.mkdir(parents=True)
    monkeypatch.setattr(paths, "cache_folder", lambda: place)
    return place


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer(PACKED) as made:
        yield made


def host(server: FaultyServer, home: Path) -> subprocess.Popen[str]:
    """Another host of the same user."""
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    command = [sys.executable, "-c", _HOST, server.url, CHECKSUM]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def until(condition: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_host_and_two_that_follow(server: FaultyServer, tmp_path: Path) -> None:
    """The first is killed while the line is silent; of the two that come then one goes on, the other waits for it."""
    server.stall_after = len(PACKED) // 2
    first = host(server, tmp_path)
    part = cache.partial(CHECKSUM)
    until(lambda: part.exists() and part.stat().st_size == server.stall_after)
    first.kill()
    first.communicate()
    others = [host(server, tmp_path) for _ in range(2)]
    media = {other.communicate(timeout=120)[0].strip() for other in others}
    assert len(media) == 1 and content(Path(media.pop())) == DISK
    assert server.sent == len(PACKED) - server.stall_after, "nothing is sent twice"
    assert len(server.requests) == 2


def test_cancelling_on_a_silent_line_is_heard_at_once(server: FaultyServer) -> None:
    server.stall_after = len(PACKED) // 2
    task = Task()
    part = cache.partial(CHECKSUM)
    caught: list[CVMError] = []

    def run() -> None:
        try:
            boot_disk.boot_disk(server.url, CHECKSUM, "localhost", SETTINGS, task)
        except CVMError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: part.exists() and part.stat().st_size == server.stall_after)
    begun = time.monotonic()
    task.cancel()
    thread.join(60)
    # The server would have been silent for 5 s, and the patience with it is 30 s.
    assert time.monotonic() - begun < 4 and [error.name for error in caught] == ["cancelled"]
    assert part.stat().st_size == server.stall_after, "what has come is kept"


@pytest.mark.parametrize(("status", "name"), [(429, ""), (503, ""), (404, "downloadFailed"), (403, "downloadFailed")])
def test_a_server_that_is_busy_and_one_that_says_no(
    server: FaultyServer, status: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: None)
    server.refuse = [status] * 3
    if name:
        with pytest.raises(CVMError) as caught:
            boot_disk.boot_disk(server.url, CHECKSUM, "localhost", SETTINGS, Task())
        assert caught.value.name == name and len(server.requests) == 1
    else:
        boot_disk.boot_disk(server.url, CHECKSUM, "localhost", SETTINGS, Task())
        assert len(server.requests) == 4


def test_pauses_between_tries_grow_and_progress_resets_them(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(download._Download, "_wait", lambda self, seconds: pauses.append(seconds))
    server.refuse = [503] * 3
    server.cut_after = len(PACKED) // 2 + 1
    boot_disk.boot_disk(server.url, CHECKSUM, "localhost", SETTINGS, Task())
    assert pauses == [0.5, 1.0, 2.0, 0.25]


def test_a_version_is_checked_before_it_reaches_an_address(server: FaultyServer) -> None:
    settings = Settings(releases=f"http://127.0.0.1:{server.server_port}")
    for text in ("../../etc", "", ".", "a b", "x" * 65, "<html>"):
        server.content = text.encode()
        with pytest.raises(CVMError, match="tells no version"):
            ucernvm.latest(settings, Task())
    with pytest.raises(CVMError, match="tells no version"):
        ucernvm.boot_iso("..", "prod", "x86_64", settings, Task())
    server.content = b"2.8-1\n"
    assert ucernvm.latest(settings, Task()) == "2.8-1"


def test_what_a_machine_has_attached_is_never_deleted(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    used, unused = "aa" * 32, "bb" * 32
    for checksum in (used, unused):
        path = cache.image(checksum, ".iso")
        path.write_bytes(os.urandom(2**20))
        os.utime(path, (1, 1))
    ledger.add(session_row("one", iso=str(cache.image(used, ".iso"))))
    assert images.in_use(ledger) == {used}
    # Old beyond all measure, and more than is allowed: but a machine has it.
    images.prune(ledger, Settings(cache_max_mb=0, cache_max_days=0))
    assert [path.stem for path in cache.folder().iterdir()] == [used]
    ledger.change("one", lambda row: replace(row, iso=""))
    images.prune(ledger, Settings(cache_max_mb=0, cache_max_days=0))
    assert cache.entries() == []


def test_who_waits_for_another_s_download_sees_how_far_it_is(server: FaultyServer, tmp_path: Path) -> None:
    server.stall_after = len(PACKED) // 2
    first = host(server, tmp_path)
    part = cache.partial(CHECKSUM)
    told: list[tuple[int, int]] = []

    def tell(_event: str, _words: str, _fraction: float, phase: dict[str, Any]) -> None:
        told.append((phase["done"], phase["total"]))
        task.cancel()

    task = Task(tell)
    try:
        until(lambda: part.exists() and part.stat().st_size == server.stall_after)
        with pytest.raises(CVMError, match="cancelled"):
            boot_disk.boot_disk(server.url, CHECKSUM, "localhost", SETTINGS, task)
    finally:
        first.kill()
        first.communicate()
    assert told == [(server.stall_after, len(PACKED))]
