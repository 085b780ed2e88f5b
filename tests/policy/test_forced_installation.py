"""Debian's browsers, started with the generated policy files, fetch and install the add-on by themselves, and obey.

The add-on for Chromium is signed with a key made here, so it has an id of its own; all else is as it is.
"""

from __future__ import annotations

import base64
import functools
import http.server
import json
import shutil
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from cvmwebapi import website
from cvmwebapi.command_line import run
from cvmwebapi.installation.browsers import host_name

from installer import addon, crx
from tests import drivers
from tests.drivers.browser import Browser, Page, wait_for
from tests.rig import etc

LAUNCHER = Path(sysconfig.get_path("scripts")) / "cernvm-webapi"
BINARIES = {"chromium": "/usr/bin/chromium", "firefox": "/usr/bin/firefox-esr"}
pytestmark = pytest.mark.browser


#: Tells the page around it how far it gets: connected, and with a session.
FRAME = """<!doctype html><title>frame</title><script>
const tell = (at) => ({name}) => { parent.postMessage([at, name ?? ""], "*"); throw 0; };
CVM.connect().catch(tell("connect")).then((plugin) => plugin.requestSession("/vmcp").catch(tell("request")));
</script>"""


class Office:
    """What an administrator prepares: a server with the add-on, and a layer of /etc with the policies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.served = folder / "served"
        self.layer = folder / "layer"
        for made in (self.served, self.layer, folder / "home"):
            made.mkdir()
        handler = functools.partial(_Quiet, directory=str(self.served))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_address[1]
        (self.served / "page.html").write_text("<!doctype html><title>page</title><body></body>")
        (self.served / "frame.html").write_text(FRAME)
        self._pack()

    def _pack(self) -> None:
        """The add-on with our own key in its manifest, as .crx, and as it is, as .xpi."""
        key = website.generate_key(bits=2048)
        manifest = json.loads((addon.EXTENSION / "manifest.json").read_text())
        manifest["key"] = base64.b64encode(crx.public_key(key)).decode()
        self.add_on = crx.add_on_id(crx.public_key(key))
        (self.served / "add-on.crx").write_bytes(crx.pack(addon.archive(manifest=json.dumps(manifest).encode()), key))
        (self.served / "add-on.xpi").write_bytes(addon.archive())
        where = f"http://127.0.0.1:{self.port}/add-on.crx"
        (self.served / "updates.xml").write_bytes(crx.update_manifest(self.add_on, manifest["version"], where))

    def generate(self, name: str, values: dict[str, object]) -> Path:
        """`policy generate`; returns its folder for Linux."""
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(values))
        address = f"http://127.0.0.1:{self.port}"
        more = ["--update-url", f"{address}/updates.xml", "--xpi-url", f"{address}/add-on.xpi", "--unsigned"]
        output = self.folder / name
        assert run(["policy", "generate", str(file), "--output", str(output), "--chromium-id", self.add_on, *more]) == 0
        return output / "linux/etc"

    def roll_out(self, browsers: dict[str, object], host: dict[str, object]) -> None:
        """Policies for the browsers and for the program, and the program registered for all users."""
        shutil.copytree(self.generate("browsers", browsers), self.layer, dirs_exist_ok=True)
        own = "cernvm-webapi/policy.json"
        shutil.copy(self.generate("host", host) / own, self.layer / own)
        # Below /etc: the layer is all that these browsers see of us. Firefox looks in HOME too.
        root, home = self.folder / "root", self.folder / "home"
        assert run(["install", "--system", "--all", "--root", str(root), "--launcher", str(LAUNCHER)]) == 0
        manifest = root / "etc/chromium/native-messaging-hosts" / f"{host_name()}.json"
        content = json.loads(manifest.read_text())
        content["allowed_origins"] = [f"chrome-extension://{self.add_on}/"]
        manifest.write_text(json.dumps(content))
        shutil.copytree(root / "etc", self.layer, dirs_exist_ok=True)
        shutil.copytree(root / "usr/lib/mozilla", home / ".mozilla")

    def start(self, name: str) -> Browser:
        """A browser as a user of this computer starts it: with nothing but a new profile."""
        binary = etc.wrapper(self.folder, self.layer, BINARIES[name])
        # An empty PATH but for the shell's tools: no VirtualBox, so an allowed site gets as far as its absence.
        environment = {"HOME": str(self.folder / "home"), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
        return drivers.launch(name, self.folder / "profile", None, environment, binary=binary)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = MappingProxyType(  # type: ignore[assignment]
        {".crx": "application/x-chrome-extension", ".xpi": "application/x-xpinstall", "": "text/html"}
    )

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module", params=drivers.NAMES)
def computer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, int]]:
    office = Office(tmp_path_factory.mktemp(request.param))
    framed = {name: f"http://{name}.localhost:{office.port}" for name in ("allowed", "browsers", "program")}
    office.roll_out(
        browsers={
            "blocked_sites": ["blocked.localhost"],
            "allowed_frame_origins": [framed["allowed"], framed["browsers"] + "/"],
        },
        # Nor may the program offer to install VirtualBox: its question would wait for an answer.
        host={
            "allowed_sites": ["localhost", "*.localhost"],
            "max_cpus": 1,
            "hypervisor_installation": False,
            "allowed_frame_origins": [framed["allowed"], framed["program"]],
        },
    )
    with office.start(request.param) as browser:
        yield browser, office.port
    office.close()


def page_with_add_on(browser: Browser, url: str) -> Page:
    """The page, opened again until the browser has fetched the add-on."""
    page = browser.open(url)
    for _ in range(60):
        if page.evaluate("typeof CVM") != "undefined":
            return page
        page.evaluate("new Promise((done) => setTimeout(done, 500))")
        page.goto(url)
    raise AssertionError("the browser did not install the add-on")


ASK = """CVM.connect().then((plugin) => plugin.requestSession(`${location.origin}/vmcp`)).then(
    () => 'session', (error) => error.name)"""


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        # Not in the browser's policy: the program refuses, by its own.
        ("127.0.0.1", "siteNotAllowed"),
        # Blocked in the browser's policy, allowed in the program's: the extension refuses.
        ("blocked.localhost", "siteBlocked"),
        # In order for both. There is no VirtualBox here.
        ("localhost", "hypervisorMissing"),
    ],
)
def test_the_add_on_comes_by_itself_and_policies_hold(computer: tuple[Browser, int], host: str, answer: str) -> None:
    browser, port = computer
    page = page_with_add_on(browser, f"http://{host}:{port}/page.html")
    # Chromium hands out managed storage only some seconds after the first start of an add-on that it had to install.
    wait_for(lambda: page.evaluate(ASK) == answer, f"{answer}, not {page.evaluate(ASK)}")
    page.close()


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        # Named in both policies. There is no VirtualBox here.
        ("allowed", ["request", "hypervisorMissing"]),
        # Named in the browser's only: the program refuses, by its own policy.
        ("browsers", ["request", "foreignFrame"]),
        # Named in the program's only: the extension refuses.
        ("program", ["connect", "foreignFrame"]),
        # In neither: a hostile frame.
        ("hostile", ["connect", "foreignFrame"]),
    ],
)
def test_frames_inside_pages_of_others(computer: tuple[Browser, int], host: str, answer: list[str]) -> None:
    browser, port = computer
    page = page_with_add_on(browser, f"http://localhost:{port}/page.html")
    page.evaluate("void addEventListener('message', (event) => { window.said = event.data; })")

    def asked() -> bool:
        page.evaluate(
            f"""void (window.said = null, document.body.replaceChildren(Object.assign(
                document.createElement("iframe"), {{src: "http://{host}.localhost:{port}/frame.html"}})))"""
        )
        return bool(page.wait_until("window.said") == answer)

    # As above: Chromium may not have handed out the policy yet.
    wait_for(asked, f"{answer}, not {page.evaluate('window.said')}")
    page.close()
