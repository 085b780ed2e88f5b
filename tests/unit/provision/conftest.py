"""A keystore with a signed list of installers on a real server, and installers that only leave a mark."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.asking import Answer, Question, Visitor
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import detect
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.provision import plan, providing
from cvmwebapi.provision.installers import Installer, InstallerList
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task

from tests.lab.files_server import FilesServer

_KEY = website.generate_key()


class Shop:
    """``served`` is what the server has; ``bin`` is the whole PATH; ``mark`` is what a run installer leaves."""

    def __init__(self, folder: Path, server: FilesServer, served: Path) -> None:
        self.folder, self.served, self.url = folder, served, server.url
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.mark = folder / "mark"
        self.steps: list[tuple[str, float]] = []
        pem = website.public_pem(_KEY)
        root_key = pem.decode() if isinstance(pem, bytes) else pem
        self.keystore = Keystore(self.url, root_key)
        self.settings = Settings(keystores=(self.keystore,), vboxmanage=str(self.bin / "VBoxManage"), min_free_disk=0)

    def program(self, name: str, script: str) -> Path:
        place = self.bin / name
        place.write_text(f"#!/bin/sh\n{script}\n")
        place.chmod(0o755)
        return place

    def virtualbox_script(self, version: str = "7.2.4r1") -> str:
        """A shell script that puts a VBoxManage where the settings look for it, and its mark."""
        place = self.bin / "VBoxManage"
        return f"printf '#!/bin/sh\\necho {version}\\n' > {place}; chmod 755 {place}; echo ran \"$@\" >> {self.mark}"

    def installer(self, script: str, **changed: Any) -> Installer:
        """A harmless installer, on the server."""
        content = f"#!/bin/sh\n{script}\n".encode()
        (self.served / "vbox.run").write_bytes(content)
        here = plan.this_platform()
        made = Installer(
            "linux",
            here.machine,
            "run",
            "7.2.4",
            f"{self.url}/vbox.run",
            hashlib.sha256(content).hexdigest(),
            len(content),
        )
        return replace(made, **changed)

    def publish(self, *items: Installer, serial: int = 100, signature: bytes | None = None) -> None:
        """Sign a list of these and serve it."""
        content = InstallerList(serial, items).to_json()
        (self.served / "installers.json").write_bytes(content)
        signed = website.sign_keystore(content, _KEY) if signature is None else signature
        (self.served / "installers.sig").write_bytes(signed)

    def tell(self, _event: str, _words: str, share: float, phase: dict[str, Any]) -> None:
        self.steps.append((phase["phase"], share))

    def runs(self) -> list[str]:
        """What installers were run with."""
        return self.mark.read_text().splitlines() if self.mark.exists() else []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FilesServer, Path]]:
    folder = tmp_path_factory.mktemp("served")
    server = FilesServer(folder)
    yield server, folder
    server.close()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: tuple[FilesServer, Path]) -> Shop:
    server, folder = served
    for file in folder.iterdir():
        file.unlink()
    for name in ("data", "cache"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(paths, "data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "cache")
    # No package manager: those have tests of their own, with the real one.
    made = Shop(tmp_path, server, folder)
    monkeypatch.setenv("PATH", str(made.bin))
    return made


@pytest.fixture
def edited() -> Callable[[InstallerList, dict[str, Any]], bytes]:
    """A list with members of its JSON replaced."""

    def make(made: InstallerList, members: dict[str, Any]) -> bytes:
        return json.dumps({**json.loads(made.to_json()), **members}).encode()

    return make


SHELL = "PATH=/usr/bin:/bin; "
"""What installers begin with: the PATH of the tests has no programs."""


class _User:
    def __init__(self, answer: Callable[[Question], bool]) -> None:
        self._answer = answer
        self.asked: list[dict[str, Any]] = []

    def ask(self, question: Question, task: Task) -> Answer:
        self.asked.append(question.details())
        answer = Answer(self._answer(question))
        task.check()
        return answer


def ensure(
    shop: Shop, answer: Callable[[Question], bool] = lambda question: True, task: Task | None = None
) -> list[dict[str, Any]]:
    """Have it provided; returns what the user was asked. Progress is kept in ``shop.steps`` unless there is a task."""

    def find() -> VBoxManage:
        return VBoxManage(lambda: detect.vboxmanage(shop.settings.vboxmanage))

    user = _User(answer)
    visitor = Visitor("example.org", "https://example.org", task or Task(shop.tell), user)
    providing.ensure(find, shop.settings, visitor)
    return user.asked


def cancelled_when(condition: Callable[[], bool]) -> Task:
    """A task that somebody cancels as soon as that is so."""
    task = Task()

    def cancel() -> None:
        while not condition():
            time.sleep(0.02)
        task.cancel()

    threading.Thread(target=cancel, daemon=True).start()
    return task


def refused(shop: Shop, **how: Any) -> CVMError:
    with pytest.raises(CVMError) as error:
        ensure(shop, **how)
    return error.value
