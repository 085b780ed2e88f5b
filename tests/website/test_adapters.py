"""The adapters of examples/, each run as its first line says, asked by the real client over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.vmcp import client

from tests.unit.net.servers import Reply, Site

from .processes import free_port, serving

ADAPTERS = Path(__file__).parents[2] / "examples" / "adapters"
COMMANDS = {
    "wsgi": [ADAPTERS / "wsgi_site.py", "{port}"],
    "flask": ["-m", "flask", "--app", "flask_site", "run", "--port", "{port}"],
    "django": [ADAPTERS / "django_site.py", "runserver", "{port}", "--noreload"],
    "fastapi": ["-m", "uvicorn", "fastapi_site:app", "--port", "{port}"],
}


class Adapter(NamedTuple):
    url: str
    key: website.PrivateKey


@pytest.fixture(scope="module", params=COMMANDS)
def adapter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapter]:
    folder = tmp_path_factory.mktemp("site")
    key = website.generate_key(bits=2048)
    folder.joinpath("key.pem").write_bytes(website.private_pem(key))
    port = free_port()
    command = [sys.executable, *(str(part).format(port=port) for part in COMMANDS[request.param])]
    environment = {"SITE_KEY": str(folder / "key.pem"), "PYTHONPATH": str(ADAPTERS), "PYTHONDONTWRITEBYTECODE": "1"}
    with serving(command, port, environment, folder):
        yield Adapter(f"http://127.0.0.1:{port}", key)


@pytest.fixture
def settings(adapter: Adapter, site: Site, root_key: website.PrivateKey) -> Settings:
    content = website.keystore_list([website.keystore_line("127.0.0.1", adapter.key)])
    files = {"/domainkeys.lst": content, "/domainkeys.sig": website.sign_keystore(content, root_key)}
    site.answer = lambda seen: Reply(files[seen.path])
    return Settings(keystores=(Keystore(site.url(""), website.public_pem(root_key).decode()),))


def test_a_machine_that_the_client_believes(adapter: Adapter, settings: Settings) -> None:
    machines = [
        client.request_description(f"{adapter.url}/vmcp", "127.0.0.1", settings, local_id=computer).machine
        for computer in ("one", "one", "two")
    ]
    assert (machines[0].name, machines[0].memory, machines[0].disk) == ("example", 1024, 10240)
    assert machines[0].user_data == "[amiconfig]\n"
    assert machines[0].secret == machines[1].secret != machines[2].secret


def test_another_key_is_not_believed(
    adapter: Adapter, site: Site, site_key: website.PrivateKey, root_key: website.PrivateKey, settings: Settings
) -> None:
    content = website.keystore_list([website.keystore_line("127.0.0.1", site_key)])
    files = {"/domainkeys.lst": content, "/domainkeys.sig": website.sign_keystore(content, root_key)}
    site.answer = lambda seen: Reply(files[seen.path])
    with pytest.raises(CVMError) as caught:
        client.request_description(f"{adapter.url}/vmcp", "127.0.0.1", settings)
    assert caught.value.name == "signatureWrong"


@pytest.mark.parametrize(("path", "status"), [("/vmcp", 400), ("/vmcp?cvm_salt=a+b", 400), ("/other", 404)])
def test_what_is_not_answered(adapter: Adapter, path: str, status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(adapter.url + path)
    with caught.value:
        assert caught.value.code == status
        assert b"secret" not in caught.value.read()


def test_nothing_is_cached(adapter: Adapter) -> None:
    with urlopen(f"{adapter.url}/vmcp?cvm_salt=S") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Type"].startswith("application/json")
