"""docs/tutorial.md, done as it says: every command is run, every file written, every output looked for.

Only the ports are others (8080 and 8081 may be taken), and the system that the machine boots comes from a release tree
of this computer.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser.calls import decide
from tests.drivers import launch
from tests.lab.files_server import FilesServer
from tests.lab.world import EXTENSION, blank_iso
from tests.rig.guest.releases import make_release_tree
from tests.rig.home import VBoxHome

from .processes import free_port, serving

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs/tutorial.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?(?: (\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, what follows that (``server``, ``cleanup``, a file name), a port, the text."""

    language: str
    what: str
    port: int
    text: str


class Reader:
    """Somebody who follows the tutorial, in a checkout and a home of their own."""

    def __init__(self, folder: Path, ports: dict[str, int], servers: contextlib.ExitStack) -> None:
        self._virtualbox = servers.enter_context(VBoxHome(folder / "home"))
        self.home = self._virtualbox.folder
        self.checkout = folder / "checkout"
        self.checkout.mkdir()
        shutil.copytree(ROOT / "host", self.checkout / "host", ignore=shutil.ignore_patterns("*.egg-info", "__pyc*"))
        for name in ("setup.cfg", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout)
        self.checkout.joinpath("README.md").write_text("")
        self.ports, self._servers = ports, servers
        self.output = ""
        programs = (Path(sys.executable).parent, self._virtualbox.vboxmanage.parent, os.environ["PATH"])
        self.environment = {
            **self._virtualbox.environment(),
            "PATH": os.pathsep.join(map(str, programs)),
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }

    def machines(self) -> list[str]:
        """What VirtualBox has."""
        return list(self._virtualbox.vms())

    def follow(self, block: Block) -> None:
        if block.language == "text":
            for line in block.text.splitlines():
                assert line in self.output.splitlines()
        elif block.language != "sh":
            (self.home / "cernvm-tutorial" / block.what).write_text(block.text)
        elif block.what == "server":
            self._serve(block)
        else:
            self.output = self._run(block.text)

    def _run(self, text: str) -> str:
        # One terminal: what a block changes (folder, variables, the virtual environment) the next one finds.
        state = self.home / ".terminal"
        before = f". {state}\n" if state.exists() else ""
        script = f'{before}set -e\n{text}\ndeclare -p PATH >{state}\necho "cd $PWD" >>{state}\n'
        result = subprocess.run(
            ["bash", "-c", script], cwd=self.checkout, env=self.environment, capture_output=True, text=True, timeout=240
        )
        assert result.returncode == 0, f"{text}\n{result.stdout}\n{result.stderr}"
        return result.stdout

    def _serve(self, block: Block) -> None:
        *before, server = block.text.strip().splitlines()
        activated = [". ~/cernvm-tutorial/bin/activate", *before, f"exec {server}"]
        self._servers.enter_context(
            serving(["bash", "-c", "\n".join(activated)], block.port, self.environment, self.home)
        )


def blocks(ports: dict[str, int]) -> list[Block]:
    text = TUTORIAL.read_text("utf-8")
    for written, used in ports.items():
        text = text.replace(written, str(used))
    found = [Block(language, what, int(port or 0), body) for language, what, port, body in _BLOCK.findall(text)]
    assert len(found) * 2 == len(re.findall(r"^```", text, re.MULTILINE))
    return found


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with contextlib.ExitStack() as servers:
        yield Reader(tmp_path, {"8080": free_port(), "8081": free_port()}, servers)


@pytest.fixture
def releases(tmp_path: Path) -> Iterator[str]:
    make_release_tree(tmp_path / "served" / "releases", blank_iso())
    server = FilesServer(tmp_path / "served")
    yield f"{server.url}/releases"
    server.close()


@pytest.mark.timeout(600)
def test_the_tutorial(reader: Reader, releases: str) -> None:
    steps = blocks(reader.ports)
    assert [step.language for step in steps].count("sh") >= 8
    for step in steps:
        if step.what == "cleanup":
            click_start(reader, releases)
        reader.follow(step)
    assert not settings_file(reader).exists()
    assert reader.machines() == []


def click_start(reader: Reader, releases: str) -> None:
    """The last step, in Firefox: it looks for the host where `cernvm-webapi install` has registered it."""
    file = settings_file(reader)
    file.write_text(json.dumps({**json.loads(file.read_text()), "releases": releases}))
    with launch("firefox", reader.home / "profile", EXTENSION, reader.environment, headless=True) as browser:
        page = browser.open(f"http://localhost:{reader.ports['8080']}/")
        page.click("#start")
        decide(browser, "#allow")
        page.wait_until("document.querySelector('#message').innerText === 'Your machine runs.'", 120)
    assert reader.machines() == ["CernVM demo (localhost)"]
    keys = reader.home / "cernvm-tutorial" / "keys"
    assert {file.name: file.stat().st_mode & 0o777 for file in keys.glob("*.pem")} == {
        "site.pem": 0o600,
        "root.pem": 0o600,
    }


def settings_file(reader: Reader) -> Path:
    return reader.home / ".config/cernvm-webapi/settings.json"
