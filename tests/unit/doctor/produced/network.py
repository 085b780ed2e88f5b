"""What the check network has to say, made on purpose."""

from __future__ import annotations

import http.server
import threading
import time
from functools import lru_cache

from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings

from tests.lab.files_server import FilesServer
from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import closed_port, produces


def serve(computer: Computer, date_offset: float, body: bytes) -> str:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + date_offset)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    computer.closers += [server.shutdown, server.server_close]
    return f"http://127.0.0.1:{server.server_port}"


@lru_cache(maxsize=1)
def _root_key() -> str:
    pem = website.public_pem(website.generate_key())
    return pem.decode() if isinstance(pem, bytes) else pem


def asking(url: str) -> Settings:
    return Settings(keystores=(Keystore(url, _root_key()),))


@produces("proxyMalformed")
def _(computer: Computer) -> None:
    computer.around.environment = {"https_proxy": "http://[proxy"}


@produces("proxyDead")
def _(computer: Computer) -> None:
    computer.around.environment = {"HTTPS_PROXY": f"http://user:secret@127.0.0.1:{closed_port()}"}


@produces("nameUnknown")
def _(computer: Computer) -> None:
    computer.around.settings = asking("http://no-such-host.invalid/keystore")


@produces("keystoreUnreachable")
def _(computer: Computer) -> None:
    computer.around.settings = asking(f"http://127.0.0.1:{closed_port()}/keystore")


@produces("keystoreInvalid")
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, 0, b"<html>Please log in to this network</html>"))


@produces("clockAhead")
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, -86_400, b""))


@produces("clockBehind")
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, 86_400, b""))


@produces("proxyFine")
def _(computer: Computer) -> None:
    computer.around.environment = {"HTTP_PROXY": serve(computer, 0, b"")}
    computer.around.settings = asking("http://127.0.0.1:9/keystore")


@produces("clockFine")
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, 0, b""))


@produces("keystoreFine")
def _(computer: Computer) -> None:
    key = website.generate_key()
    folder = computer.home / "served"
    folder.mkdir()
    content = website.keystore_list([])
    (folder / "domainkeys.lst").write_bytes(content)
    (folder / "domainkeys.sig").write_bytes(website.sign_keystore(content, key))
    server = FilesServer(folder)
    computer.closers.append(server.close)
    pem = website.public_pem(key)
    computer.around.settings = Settings(
        keystores=(Keystore(server.url, pem.decode() if isinstance(pem, bytes) else pem),)
    )
