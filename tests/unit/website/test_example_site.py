"""The example site as its README says to run it, asked by the real client."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.vmcp import client

from tests.unit.net.servers import Reply, Site
from tests.unit.site_fixtures import failure

ROOT = Path(__file__).parents[3]
SERVER = ROOT / "examples" / "site" / "server.py"


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    environment = {"PYTHONPATH": str(ROOT / "host")}
    return subprocess.Popen(
        [sys.executable, SERVER, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    key = tmp_path_factory.mktemp("example") / "site-key.pem"
    with start(key, "--port", "0") as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()
        assert process.stderr is not None
        process.stderr.read()


@pytest.fixture
def settings(example: dict[str, Any], site: Site, root_key: website.PrivateKey) -> Settings:
    content = website.keystore_list(example["keystoreLines"])
    files = {"/domainkeys.lst": content, "/domainkeys.sig": website.sign_keystore(content, root_key)}
    site.answer = lambda seen: Reply(files[seen.path])
    return Settings(keystores=(Keystore(site.url(""), website.public_pem(root_key).decode()),))


@pytest.mark.parametrize("domain", ["localhost", "127.0.0.1"])
def test_describes_its_machine(example: dict[str, Any], settings: Settings, domain: str) -> None:
    machine = client.request_description(example["vmcp"], domain, settings).machine
    assert (machine.name, machine.memory, machine.flags) == ("example", 512, 1)
    assert "greeting=Hello ${visitor:volunteer}" in machine.user_data
    assert machine.may_override("ram")


def test_parameters_in_the_query(example: dict[str, Any], settings: Settings) -> None:
    query = "?name=second&memory=1024&cpus=2&disk=0&userData=%5Ba%5D%0Ab%3D%C3%A9&apiPort=8080&flags=9&secret=known"
    machine = client.request_description(example["vmcp"] + query, "localhost", settings).machine
    assert (machine.name, machine.memory, machine.cpus, machine.disk) == ("second", 1024, 2, 0)
    assert (machine.user_data, machine.api_port, machine.flags, machine.secret) == ("[a]\nb=é", 8080, 9, "known")
    assert failure(client.request_description, example["vmcp"] + "?name=a+b", "localhost", settings).code == -99


def test_each_computer_has_its_secret(example: dict[str, Any], settings: Settings) -> None:
    secrets = [
        client.request_description(example["vmcp"], "localhost", settings, local_id=computer).machine.secret
        for computer in ("one", "one", "two")
    ]
    assert secrets[0] == secrets[1] != secrets[2]


@pytest.mark.parametrize(("path", "kind"), [("", "text/html"), ("main.js", "javascript"), ("style.css", "text/css")])
def test_serves_its_page(example: dict[str, Any], path: str, kind: str) -> None:
    with urllib.request.urlopen(example["site"] + path) as response:
        assert kind in response.headers["Content-Type"]
        assert response.headers["Cache-Control"] == "no-store"
        assert response.read()


@pytest.mark.parametrize("path", ["vmcp", "vmcp?cvm_salt=a%0Ab", "vmcp?cvm_salt=S&a%3Db=1", "../php/sign.php", "none"])
def test_what_it_does_not_answer(example: dict[str, Any], path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(example["site"] + path)
    with caught.value:
        assert caught.value.code in (400, 404)


def test_keeps_its_key_to_itself(example: dict[str, Any], tmp_path: Path) -> None:
    assert Path(example["key"]).stat().st_mode & 0o777 == 0o600
    with start(tmp_path / "key.pem", "--site", tmp_path, "--port", "0") as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "everybody could fetch it" in errors
    assert not (tmp_path / "key.pem").exists()
