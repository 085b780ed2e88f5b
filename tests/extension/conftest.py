"""A browser with the extension and, instead of the real host, a double of it."""

from __future__ import annotations

import functools
import http.server
import json
import shlex
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import drivers
from tests.drivers.browser import Browser, Page
from tests.drivers.registration import register_host

EXTENSION = Path(__file__).parents[2] / "extension"
ECHO_HOST = Path(__file__).with_name("echo_host.py")


class Stage:
    """A running browser, and what the host's double has received."""

    def __init__(
        self,
        name: str,
        folder: Path,
        dark: bool = False,
        extension: Path = EXTENSION,
        lang: str = "en-US",
        display: str = "",
        arguments: Sequence[str] = (),
    ) -> None:
        """``display``: one to show itself on; else it is headless."""
        self.extension = extension
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.profile = folder / "profile"
        self.launcher = folder / "echo-host"
        self._log = folder / "received"
        self.name = name
        self.register()
        self.browser: Browser = drivers.launch(
            name,
            self.profile,
            extension,
            {"HOME": str(self.home), **({"DISPLAY": display} if display else {})},
            headless=not display,
            dark=dark,
            lang=lang,
            arguments=arguments,
        )

    def register(self, protocol: int = 1) -> None:
        """Put the double where the browser looks for the host; `protocol` is what it claims to speak."""
        variables = f"ECHO_HOST_LOG={shlex.quote(str(self._log))} ECHO_HOST_PROTOCOL={protocol}"
        command = f"exec env {variables} {shlex.quote(sys.executable)} -S {shlex.quote(str(ECHO_HOST))}"
        self.launcher.write_text(f"#!/bin/sh\n{command}\n")
        self.launcher.chmod(0o755)
        self.manifest = register_host(self.name, self.profile, self.home, self.launcher, self.extension)

    def received(self, action: str) -> list[dict[str, Any]]:
        """The requests of that kind that reached the host so far."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [request for request in map(json.loads, lines) if request["action"] == action]


@pytest.fixture(scope="module", params=drivers.NAMES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(request.param, tmp_path_factory.mktemp(request.param))
    with made.browser:
        yield made


@pytest.fixture(scope="module", autouse=True)
def double_keeps_to_the_protocol(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the double has said was of the shapes that the protocol's table has."""
    yield
    faults = [file.read_text() for file in tmp_path_factory.getbasetemp().glob("*/faults")]
    assert faults == []


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of a server on this computer with an empty page under every path."""
    with http.server.ThreadingHTTPServer(("", 0), EmptyPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


#: Tells the outermost page how a frame fares; the path /nest shows one more frame.
FRAME_SCRIPT = """<script>
if (location.pathname === '/nest')
  addEventListener('DOMContentLoaded', () => document.body.append(
    Object.assign(document.createElement('iframe'), {src: location.search.slice(1)})));
else if (parent !== self)
  CVM.connect().then(() => 'connected', (error) => error.name).then((said) => top.postMessage(said, '*'));
</script><body></body>"""


class EmptyPage(http.server.BaseHTTPRequestHandler):
    """Its first script notes at once whether CVM is there, before anything else could run."""

    def do_GET(self) -> None:
        body = f"<!doctype html><title>page</title><script>early = typeof CVM</script>{FRAME_SCRIPT}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    log_message = functools.partialmethod(lambda self, *_: None)


@pytest.fixture
def page(stage: Stage, site: str) -> Iterator[Page]:
    opened = stage.browser.open(site + "/page")
    yield opened
    opened.close()
