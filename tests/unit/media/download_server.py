"""A real HTTP server of one file, with the faults that real ones have."""

from __future__ import annotations

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FaultyServer(ThreadingHTTPServer):
    """Serves ``content`` under every path. Use as context manager."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.cut_after: int | None = None
        """Bytes after which each connection is cut."""
        self.stall_after: int | None = None
        """Bytes after which the first connection falls silent."""
        self.change_after: int | None = None
        """Requests after which another file is served."""
        self.ranges = True
        self.tags = True
        self.claim: int | None = None
        """The length that it claims."""
        self.offset = 0
        """How far beside the wanted part it sends."""
        self.refuse: list[int] = []
        """HTTP statuses of the first answers."""
        self.sent = 0
        self.requests: list[dict[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/image"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what the tests are about."""

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        super().__exit__(*args)


class _Handler(BaseHTTPRequestHandler):
    server: FaultyServer

    def do_GET(self) -> None:
        server = self.server
        server.requests.append({name.lower(): value for name, value in self.headers.items()})
        number = len(server.requests)
        if server.refuse:
            self.send_error(server.refuse.pop())
            return
        content, version = server.content, '"one"'
        if server.change_after is not None and number > server.change_after:
            content, version = bytes(reversed(content)), '"two"'
        begin = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and server.ranges and self.headers.get("If-Range", version) == version:
            begin = int(asked[1])
        if begin and begin >= len(content):
            self.send_error(416)
            return
        body = content[begin + (server.offset if begin else 0) :]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body) if server.claim is None else server.claim))
        if server.tags:
            self.send_header("ETag", version)
        if begin:
            self.send_header("Content-Range", f"bytes {begin + server.offset}-{len(content) - 1}/{len(content)}")
        if server.cut_after is not None:
            body = body[: server.cut_after]
        stalls = server.stall_after is not None and number == 1
        if not stalls:
            # Before the headers go: a client that has seen enough of them may look at this at once.
            server.sent += len(body)
        self.end_headers()
        if stalls:
            self.wfile.write(body[: server.stall_after])
            time.sleep(5)
            return
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass
