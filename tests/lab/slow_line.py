"""A real HTTP server behind a slow line: so many bytes a second for all connections, lost packets, cuts.

Stands in for tc/netem, which the kernel of a test machine often lacks. A lost packet is what TCP makes of it: a pause
until it is sent again.
"""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PACKET = 1460
_SENT_AGAIN_AFTER = 0.2
"""Seconds: the least that Linux waits before it sends a lost packet again."""


@dataclass(frozen=True)
class Line:
    """``speed`` in bytes per second, ``loss`` from 0 to 1, ``cut_every`` in seconds (all connections at once)."""

    speed: float = 50_000
    loss: float = 0.05
    cut_every: float = 60


class SlowServer(ThreadingHTTPServer):
    """Serves `folder` at `url`, with ranges. Use as context manager; the seed of its losses is fixed."""

    daemon_threads = True

    def __init__(self, folder: Path, line: Line) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.line = line
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.cuts = 0
        self.sent: dict[str, int] = {}
        """Bytes of bodies, by path."""
        self._free = time.monotonic()
        self._lock = threading.Lock()
        self._chance = random.Random(5)
        self._connections: set[socket.socket] = set()
        self._closed = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()
        threading.Thread(target=self._cut, daemon=True).start()

    def wait_for_turn(self, size: int) -> None:
        """Until the line has carried `size` bytes more."""
        with self._lock:
            lost = self._chance.random() < self.line.loss
            self._free = max(self._free, time.monotonic()) + size / self.line.speed + lost * _SENT_AGAIN_AFTER
            wait = self._free - time.monotonic()
        time.sleep(max(0.0, wait))

    def track(self, connection: socket.socket) -> None:
        """A connection that the next cut ends."""
        with self._lock:
            self._connections.add(connection)

    def count(self, path: str, size: int) -> None:
        """Note what was sent of a file."""
        with self._lock:
            self.sent[path] = self.sent.get(path, 0) + size

    def _cut(self) -> None:
        while not self._closed.wait(self.line.cut_every):
            with self._lock:
                connections, self._connections = self._connections, set()
            for connection in connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                    self.cuts += 1
                except OSError:
                    """It had ended by itself."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Cut connections are what this server is for."""

    def __exit__(self, *args: object) -> None:
        self._closed.set()
        self.shutdown()
        super().__exit__(*args)


class _Handler(BaseHTTPRequestHandler):
    server: SlowServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        server.track(self.connection)
        file = server.folder / self.path.lstrip("/")
        if ".." in self.path or not file.is_file():
            self.send_error(404)
            return
        content = file.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        self.send_header("ETag", f'"{len(content)}"')
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        for at in range(begin, len(content), _PACKET):
            packet = content[at : at + _PACKET]
            server.wait_for_turn(len(packet))
            self.wfile.write(packet)
            server.count(self.path, len(packet))

    def log_message(self, format: str, *args: object) -> None:
        """The tests' own output is enough."""
