"""A VMCP endpoint that misbehaves, one way a path."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cvmwebapi import website

PARAMETERS = {"name": "hostile", "secret": "s", "memory": 64, "disk": 0, "flags": 1}
_STOP = threading.Event()


def unsigned(salt: str, key: website.PrivateKey) -> bytes:
    """No signature at all."""
    return json.dumps(PARAMETERS).encode()


def wrongly_signed(salt: str, key: website.PrivateKey) -> bytes:
    """Changed after it was signed."""
    return json.dumps({**website.sign(PARAMETERS, salt, key), "memory": 65}).encode()


def replayed(salt: str, key: website.PrivateKey) -> bytes:
    """Signed for another request."""
    return json.dumps(website.sign(PARAMETERS, "x" * 64, key)).encode()


def not_json(salt: str, key: website.PrivateKey) -> bytes:
    """An error page with status 200."""
    return b"<!DOCTYPE html><title>Please log in</title>"


def too_large(salt: str, key: website.PrivateKey) -> bytes:
    """Signed in order, but beyond 1 MB."""
    return json.dumps(website.sign({**PARAMETERS, "pad": "x" * 1_100_000}, salt, key)).encode()


def bad_name(salt: str, key: website.PrivateKey) -> bytes:
    """A name that would be a path."""
    return json.dumps(website.sign({**PARAMETERS, "name": "../../evil"}, salt, key)).encode()


def fine(salt: str, key: website.PrivateKey) -> bytes:
    """Nothing wrong with it."""
    return json.dumps(website.sign(PARAMETERS, salt, key)).encode()


FAULTS: dict[str, Callable[[str, website.PrivateKey], bytes]] = {
    "unsigned": unsigned,
    "wrongly-signed": wrongly_signed,
    "replayed": replayed,
    "not-json": not_json,
    "too-large": too_large,
    "bad-name": bad_name,
    "fine": fine,
}


class HostileServer:
    """Serves every fault of `FAULTS` under its name, and `/too-slow`, one byte a second."""

    def __init__(self, key: Path) -> None:
        private = website.load_key(key)
        self.requests = 0
        """GETs so far."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                parts = urlsplit(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                name = parts.path.strip("/")
                if name == "too-slow":
                    self._trickle()
                else:
                    self.wfile.write(FAULTS[name](parse_qs(parts.query)["cvm_salt"][0], private))

            def _trickle(self) -> None:
                try:
                    while not _STOP.is_set():
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(1)
                except OSError:
                    pass

            def log_message(self, format: str, *args: object) -> None:
                """The tests' own output is enough."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
