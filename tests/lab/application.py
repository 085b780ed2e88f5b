"""A real HTTP server that stands in for the application of a machine, where the test guest is too small or too slow."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import threading
import time
from urllib.parse import parse_qs, urlsplit

BLOCK = bytes(range(256)) * 256


class Application:
    """Listens on one port; `sent`, `hung_up`, and in `marked` the paths of requests with a header X-Mine, are what it
    noticed. Other requests may be those of a host that looks whether it answers.
    """

    def __init__(self, port: int) -> None:
        self.sent = 0
        self.hung_up = threading.Event()
        self.marked: list[str] = []
        handler = functools.partial(_Handler, self)
        self._server = _listen(port, handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End listening."""
        self._server.shutdown()
        self._server.server_close()


def _listen(port: int, handler: functools.partial[_Handler]) -> http.server.ThreadingHTTPServer:
    # The machine lets go of its port a moment after the rule is gone.
    deadline = time.monotonic() + 20
    while True:
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, application: Application, *arguments: object) -> None:
        self.application = application
        with contextlib.suppress(ConnectionError):
            super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if self.headers["X-Mine"]:
            self.application.marked.append(self.path)
        query = parse_qs(url.query)
        if url.path == "/big":
            self._big(int(query["mb"][0]))
        elif url.path == "/cut":
            self._head(200, {"Content-Length": "100"})
            self.wfile.write(b"ten bytes.")
            self.close_connection = True
        elif url.path == "/silent":
            self.rfile.read(1)
            self.application.hung_up.set()
        elif url.path == "/elsewhere":
            self._head(302, {"Location": "http://127.0.0.1:9/", "Content-Length": "0"})
        elif url.path == "/nothing":
            self._head(204, {})
        elif url.path == "/drops":
            self._drops()
        else:
            self._tell({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}})

    def do_POST(self) -> None:
        size = total = 0
        for piece in self._body():
            size += len(piece)
            total += sum(piece)
        names = {"type": "Content-Type", "length": "Content-Length"}
        self._tell({"size": size, "sum": total, **{key: self.headers.get(name) for key, name in names.items()}})

    do_PUT = do_POST

    def _body(self):  # type: ignore[no-untyped-def]
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", 0))
        while left:
            piece = self.rfile.read1(min(left, 65536))  # type: ignore[attr-defined]
            if not piece:
                return
            left -= len(piece)
            yield piece

    def _big(self, megabytes: int) -> None:
        self.application.sent = 0
        self._head(200, {"Content-Length": str(megabytes << 20), "Content-Type": "application/octet-stream"})
        try:
            for _ in range((megabytes << 20) // len(BLOCK)):
                self.wfile.write(BLOCK)
                self.application.sent += len(BLOCK)
        except OSError:
            self.application.hung_up.set()
            raise

    def _drops(self) -> None:
        """A line every half second, without end."""
        self._head(200, {"Transfer-Encoding": "chunked"})
        try:
            for number in range(10_000):
                line = b"drop %d\n" % number
                self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
                time.sleep(0.5)
        except OSError:
            self.application.hung_up.set()
            raise

    def _tell(self, what: dict[str, object]) -> None:
        body = json.dumps(what).encode()
        self._head(200, {"Content-Length": str(len(body)), "Content-Type": "application/json", "X-Kept": "yes",
                         "Set-Cookie": "spy=1", "Connection": "close, X-Hop", "X-Hop": "1"})  # fmt: skip
        self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""
