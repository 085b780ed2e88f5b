"""Downloads against a real HTTP server with faults of its own."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task

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
        Task(),
        phase="downloadingImage",
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


def paused_fetch(server: FaultyServer, task: Task) -> Path:
    target = Target(cache.image(CHECKSUM, ".iso"))
    return download.fetch(server.url, CHECKSUM, target, task, phase="downloadingImage", min_free=0, any_http=True)


def test_a_paused_download_rests_and_goes_on_where_it_was(server: FaultyServer) -> None:
    said = []

    def tell(*event: Any) -> None:
        said.append(event)
        if len(said) == 1:
            task.pause(True)
            threading.Timer(1.0, task.pause, [False]).start()

    task, begun = Task(tell), time.monotonic()
    assert paused_fetch(server, task).read_bytes() == CONTENT and time.monotonic() - begun > 0.9
    assert len(server.requests) == 2 and server.sent >= len(CONTENT)


def test_a_paused_download_can_be_cancelled(server: FaultyServer) -> None:
    task = Task()
    task.pause(True)
    threading.Timer(0.5, task.cancel).start()
    with pytest.raises(CVMError, match="cancelled"):
        paused_fetch(server, task)
    assert server.requests == []


def test_a_pause_on_a_silent_line_cuts_it_at_once(server: FaultyServer) -> None:
    server.stall_after = len(CONTENT) // 2
    task = Task()
    part = cache.partial(CHECKSUM)
    thread = threading.Thread(target=lambda: paused_fetch(server, task))
    thread.start()
    deadline = time.monotonic() + 30
    while not part.exists() or part.stat().st_size < server.stall_after:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    task.pause(True)
    time.sleep(0.3)
    task.pause(False)
    begun = time.monotonic()
    thread.join(30)
    # The server would have been silent for 5 s, and a cut that is no person's is followed by a wait.
    assert not thread.is_alive() and time.monotonic() - begun < 4
    assert [asked.get("range") for asked in server.requests] == [None, f"bytes={len(CONTENT) // 2}-"]
