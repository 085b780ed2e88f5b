"""Downloads against a real HTTP server with faults of its own."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cvmwebapi import paths
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download

CONTENT = bytes(range(256)) * 8192
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.cut_after: int | None = None
        self.ranges = True
        self.sent = 0
        self.requests = 0


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests += 1
        begin = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and self.server.ranges:
            begin = int(asked[1])
        body = CONTENT[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.cut_after is not None:
            body = body[: self.server.cut_after]
            self.close_connection = True
        self.server.sent += len(body)
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path)
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def fetch(server: Server, checksum: str = CHECKSUM, min_free: int = 0) -> Path:
    return download.fetch(
        f"http://127.0.0.1:{server.server_port}/image.iso",
        checksum,
        ".iso",
        report=lambda done, total, speed: None,
        cancelled=lambda: False,
        min_free=min_free,
        any_http=True,
    )


def test_a_file_is_fetched_once_and_then_cached(server: Server) -> None:
    assert fetch(server).read_bytes() == CONTENT
    fetch(server)
    assert server.requests == 1
    assert not cache.partial(CHECKSUM).exists()


def test_a_connection_cut_again_and_again_still_gets_there_and_nothing_is_sent_twice(server: Server) -> None:
    server.cut_after = len(CONTENT) // 10
    assert fetch(server).read_bytes() == CONTENT
    assert server.requests > 5
    assert server.sent == len(CONTENT)


def test_a_server_without_ranges_starts_over(server: Server) -> None:
    cache.folder()
    cache.partial(CHECKSUM).write_bytes(CONTENT[:1000])
    server.ranges = False
    assert fetch(server).read_bytes() == CONTENT


def test_a_later_process_goes_on_where_an_earlier_one_stopped(server: Server) -> None:
    cache.folder()
    cache.partial(CHECKSUM).write_bytes(CONTENT[:100_000])
    assert fetch(server).read_bytes() == CONTENT
    assert server.sent == len(CONTENT) - 100_000


def test_a_wrong_checksum_leaves_nothing(server: Server) -> None:
    with pytest.raises(CVMError) as refused:
        fetch(server, checksum="0" * 64)
    assert refused.value.name == "checksumMismatch"
    assert list(cache.folder().iterdir()) == []


def test_a_full_disk_is_seen_before_anything_is_written(server: Server) -> None:
    with pytest.raises(CVMError) as refused:
        fetch(server, min_free=2**60)
    assert refused.value.name == "diskFull"
