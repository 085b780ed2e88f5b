"""docs/tutorial.md, done as it says: every command is run, every file written, every output looked for.

Only the ports are others (8080 and 8081 may be taken), and the last click is done by the client that the host uses.
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
from urllib.request import urlopen

import pytest
from cvmwebapi import settings
from cvmwebapi.vmcp import client

from .processes import free_port, serving

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
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
        self.home = folder / "home"
        self.home.mkdir()
        self.checkout = folder / "checkout"
        self.checkout.mkdir()
        shutil.copytree(ROOT / "host", self.checkout / "host", ignore=shutil.ignore_patterns("*.egg-info", "__pyc*"))
        for name in ("setup.cfg", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout)
        self.checkout.joinpath("README.md").write_text("")
        self.ports, self._servers = ports, servers
        self.output = ""
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        }

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


def test_the_tutorial(reader: Reader) -> None:
    steps = blocks(reader.ports)
    assert [step.language for step in steps].count("sh") >= 8
    for step in steps:
        if step.what == "cleanup":
            click_start(reader)
        reader.follow(step)
    assert not settings_file(reader).exists()


def click_start(reader: Reader) -> None:
    """What the host does after the click, for the page that the reader wrote and serves."""
    with urlopen(f"http://localhost:{reader.ports['8080']}/") as response:
        page = response.read().decode()
    requested = re.search(r'requestSession\("([^"]+)"\)', page)
    assert requested is not None
    verified = client.request_description(requested[1], "localhost", settings.load(settings_file(reader)))
    template = json.loads((reader.home / "cernvm-tutorial/templates/demo.json").read_text())
    assert verified.machine.user_data == template["userData"]
    assert (verified.machine.name, verified.machine.memory, verified.machine.disk) == ("demo", 1024, 10240)
    assert verified.trust.domain == "localhost"
    keys = reader.home / "cernvm-tutorial" / "keys"
    assert {file.name: file.stat().st_mode & 0o777 for file in keys.glob("*.pem")} == {
        "site.pem": 0o600,
        "root.pem": 0o600,
    }


def settings_file(reader: Reader) -> Path:
    return reader.home / ".config/cernvm-webapi/settings.json"
