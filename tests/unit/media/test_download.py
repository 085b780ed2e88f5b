"""Downloads against a real HTTP server with faults of its own."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download, pausing
from cvmwebapi.media.target import Target
from cvmwebapi.system import paths

from .download_server import FaultyServer

CONTENT = bytes(range(256)) * 8192
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path)
    with FaultyServer(CONTENT) as made:
        yield made


def fetch(server: FaultyServer, checksum: str = CHECKSUM, min_free: int = 0) -> Path:
    return download.fetch(
        server.url,
        checksum,
        Target(cache.image(checksum, ".iso")),
        report=lambda done, total, speed: None,
        cancelled=lambda: False,
        min_free=min_free,
        any_http=True,
    )


def test_a_file_is_fetched_once_and_then_cached(server: FaultyServer) -> None:
    assert fetch(server).read_bytes() == CONTENT
    fetch(server)
    assert len(server.requests) == 1
    assert not cache.partial(CHECKSUM).exists()


def test_a_connection_cut_again_and_again_still_gets_there_and_nothing_is_sent_twice(server: FaultyServer) -> None:
    server.cut_after = len(CONTENT) // 10
    assert fetch(server).read_bytes() == CONTENT
    assert len(server.requests) > 5
    assert server.sent == len(CONTENT)


def test_a_server_without_ranges_starts_over(server: FaultyServer) -> None:
    cache.folder()
    cache.partial(CHECKSUM).write_bytes(CONTENT[:1000])
    server.ranges = False
    assert fetch(server).read_bytes() == CONTENT


def test_a_later_process_goes_on_where_an_earlier_one_stopped(server: FaultyServer) -> None:
    cache.folder()
    cache.partial(CHECKSUM).write_bytes(CONTENT[:100_000])
    assert fetch(server).read_bytes() == CONTENT
    assert server.sent == len(CONTENT) - 100_000


def test_a_wrong_checksum_leaves_nothing(server: FaultyServer) -> None:
    with pytest.raises(CVMError) as refused:
        fetch(server, checksum="0" * 64)
    assert refused.value.name == "checksumMismatch"
    assert list(cache.folder().iterdir()) == []


def test_a_full_disk_is_seen_before_anything_is_written(server: FaultyServer) -> None:
    with pytest.raises(CVMError) as refused:
        fetch(server, min_free=2**60)
    assert refused.value.name == "diskFull"


def test_a_paused_download_rests_and_goes_on_where_it_was(server: FaultyServer) -> None:
    paused, said = threading.Event(), []

    def report(done: int, total: int, speed: float) -> None:
        said.append(done)
        if len(said) == 1:
            paused.set()
            threading.Timer(1.0, paused.clear).start()

    begun = time.monotonic()
    with pausing.by(paused):
        image = download.fetch(
            server.url,
            CHECKSUM,
            Target(cache.image(CHECKSUM, ".iso")),
            report=report,
            cancelled=lambda: False,
            min_free=0,
            any_http=True,
        )
    assert image.read_bytes() == CONTENT and time.monotonic() - begun > 0.9
    assert len(server.requests) == 2


def test_a_paused_download_can_be_cancelled(server: FaultyServer) -> None:
    paused, cancelled = threading.Event(), threading.Event()
    paused.set()
    threading.Timer(0.5, cancelled.set).start()
    with pausing.by(paused), pytest.raises(CVMError, match="cancelled"):
        download.fetch(
            server.url,
            CHECKSUM,
            Target(cache.image(CHECKSUM, ".iso")),
            report=lambda done, total, speed: None,
            cancelled=cancelled.is_set,
            min_free=0,
            any_http=True,
        )
    assert server.requests == []
