"""``cernvm-webapi vmcp …``: keys, signatures and the server, judged by the real client."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from cvmwebapi import command_line, website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.vmcp import client

from tests.unit.net.servers import Reply, Site

from .conftest import Command
from .processes import free_port, serving

MACHINE = {"name": "n", "secret": "s", "memory": 1024, "userData": "é"}
SALT = "S" * 64


@pytest.fixture
def folder(tmp_path: Path, site_key: website.PrivateKey) -> Path:
    tmp_path.joinpath("key").write_bytes(website.private_pem(site_key))
    tmp_path.joinpath("key.pub").write_bytes(website.public_pem(site_key))
    tmp_path.joinpath("machine.json").write_text(json.dumps(MACHINE))
    return tmp_path


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_keygen_sign_verify(command: Command, tmp_path: Path, kind: str) -> None:
    tmp_path.joinpath("machine.json").write_text(json.dumps(MACHINE))
    assert "SHA256:" in command("vmcp", "keygen", "key", "--kind", kind).stdout
    assert tmp_path.joinpath("key").stat().st_mode & 0o777 == 0o600
    signed = command("vmcp", "sign", "machine.json", "--salt", SALT, "--key", "key").stdout
    tmp_path.joinpath("signed.json").write_text(signed)
    assert "right" in command("vmcp", "verify", "signed.json", "--salt", SALT, "--key", "key.pub").stdout
    wrong = command("vmcp", "verify", "signed.json", "--salt", "other", "--key", "key.pub", status=1)
    assert "not signed by" in wrong.stdout
    assert "salt" in command("vmcp", "verify", "signed.json", "--salt", "a b", "--key", "key.pub", status=1).stdout


def test_keygen_writes_nothing_over(command: Command, tmp_path: Path) -> None:
    tmp_path.joinpath("key.pub").write_text("precious")
    assert "exists already" in command("vmcp", "keygen", "key", status=1).stderr
    assert not tmp_path.joinpath("key").exists()
    assert tmp_path.joinpath("key.pub").read_text() == "precious"


def test_a_key_with_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, machine = str(tmp_path / "key"), tmp_path / "machine.json"
    machine.write_text(json.dumps(MACHINE))
    # In this process, for getpass wants a terminal.
    monkeypatch.setattr("getpass.getpass", lambda prompt: "word")
    assert command_line.run(["vmcp", "keygen", key, "--kind", "ed25519", "--password"]) == 0
    assert b"ENCRYPTED" in Path(key).read_bytes()
    assert command_line.run(["vmcp", "sign", str(machine), "--salt", SALT, "--key", key]) == 0
    monkeypatch.setattr("getpass.getpass", lambda prompt: "other")
    assert command_line.run(["vmcp", "sign", str(machine), "--salt", SALT, "--key", key]) == 1
    assert "password" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "reason"),
    [("[]", "not a JSON object"), ('{"a":1,"a":1}', "twice"), ('{"memory":1.5}', "fraction"), ('{"a":null}', "null")],
)
def test_sign_refuses_what_hosts_refuse(command: Command, folder: Path, content: str, reason: str) -> None:
    folder.joinpath("machine.json").write_text(content)
    assert reason in command("vmcp", "sign", "machine.json", "--salt", SALT, "--key", "key", status=1).stderr


@pytest.fixture
def settings(site: Site, site_key: website.PrivateKey, root_key: website.PrivateKey) -> Settings:
    content = website.keystore_list([website.keystore_line("127.0.0.1", site_key)])
    files = {"/domainkeys.lst": content, "/domainkeys.sig": website.sign_keystore(content, root_key)}
    site.answer = lambda seen: Reply(files[seen.path])
    return Settings(keystores=(Keystore(site.url(""), website.public_pem(root_key).decode()),))


@pytest.fixture
def server(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    folder.joinpath("templates").mkdir()
    template = {key: value for key, value in MACHINE.items() if key != "secret"} | {"ram": 1024}
    folder.joinpath("templates/demo.json").write_text(json.dumps(template))
    folder.joinpath("secret.json").write_text("{}")
    port = free_port()
    arguments = ["vmcp", "serve", "templates", "--key", "key", "--port", str(port), "--launch-options"]
    with serving([sys.executable, "-m", "cvmwebapi", *arguments], port, environment, folder):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/demo", (1, 1024, 1024)),
        ("/demo/1cpu-1gb-10gb", (1, 1024, 10240)),
        ("/demo/1cpu-2gb-20gb", (1, 2048, 20480)),
        ("/demo/2cpu-2gb-20gb", (2, 2048, 20480)),
    ],
)
def test_serve(server: str, settings: Settings, path: str, size: tuple[int, int, int]) -> None:
    machine = client.request_description(server + path, "127.0.0.1", settings).machine
    assert (machine.name, machine.user_data) == ("n", "é")
    assert (machine.cpus, machine.memory, machine.disk) == size


def test_serve_gives_each_computer_one_secret(server: str, settings: Settings) -> None:
    def secret(computer: str, path: str = "/demo") -> str:
        return client.request_description(server + path, "127.0.0.1", settings, local_id=computer).machine.secret

    assert secret("one") == secret("one", "/demo/1cpu-1gb-10gb") != secret("two")


@pytest.mark.parametrize(
    "path",
    ["/", "/secret", "/../secret", "/..%2fsecret", "/demo.json", "/demo/", "/demo/9cpu", "/demo", "/demo?cvm_salt=a+b"],
)
def test_what_serve_does_not_answer(server: str, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(server + path)
    with caught.value:
        assert caught.value.code in (400, 404)


def test_serve_reads_templates_anew(server: str, settings: Settings, folder: Path) -> None:
    template = folder / "templates/demo.json"
    template.write_text('{"name": "second"}')
    assert client.request_description(f"{server}/demo", "127.0.0.1", settings).machine.name == "second"
    template.write_text("{")
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{server}/demo?cvm_salt=S")
    with caught.value:
        assert caught.value.code == 500


@pytest.mark.parametrize("template", ["{", '{"name": "a b"}', '{"name": "n", "flags": 256}', '{"name": 1.5}', None])
def test_serve_does_not_begin_with_faulty_templates(command: Command, folder: Path, template: str | None) -> None:
    folder.joinpath("templates").mkdir()
    if template is not None:
        folder.joinpath("templates/demo.json").write_text(template)
    result = command("vmcp", "serve", "templates", "--key", "key", "--port", "0", status=1)
    assert "template" in result.stderr


@pytest.mark.parametrize("port", ["70000", "1x"])
def test_serve_on_no_port(command: Command, folder: Path, port: str) -> None:
    folder.joinpath("templates").mkdir()
    folder.joinpath("templates/demo.json").write_text('{"name": "n"}')
    command("vmcp", "serve", "templates", "--key", "key", "--port", port, status=1 if port.isdigit() else 2)


class Checked:
    """An endpoint and its keystore; ``body`` makes the answer from the salt."""

    def __init__(self, site: Site, folder: Path, key: website.PrivateKey, root: website.PrivateKey) -> None:
        content = website.keystore_list([website.keystore_line("127.0.0.1", key)])
        files = {"domainkeys.lst": content, "domainkeys.sig": website.sign_keystore(content, root)}
        folder.joinpath("root.pub").write_bytes(website.public_pem(root))
        self.body: Any = lambda salt: website.sign(MACHINE, salt, key)
        self.arguments = ("vmcp", "check", site.url(), "--keystore", site.url("/store"), "--root-key", "root.pub")

        def answer(seen: Any) -> Reply:
            if seen.path.startswith("/store/"):
                return Reply(files[Path(seen.path).name])
            body = self.body(seen.path.partition("cvm_salt=")[2].partition("&")[0])
            return Reply(body if isinstance(body, bytes) else json.dumps(body).encode())

        site.answer = answer


@pytest.fixture
def checked(site: Site, folder: Path, site_key: website.PrivateKey, root_key: website.PrivateKey) -> Checked:
    return Checked(site, folder, site_key, root_key)


def test_check_of_a_good_endpoint(command: Command, checked: Checked, site: Site) -> None:
    assert "Nothing is wrong" in command(*checked.arguments).stdout
    assert len([seen for seen in site.seen if seen.path.startswith("/vmcp")]) == 1


def test_check_finds_every_problem(command: Command, checked: Checked) -> None:
    bad = {"name": "a b", "secret": "", "memory": 1, "flags": 256, "diskURL": "http://a.example/d", "cpus": 1.5}
    checked.body = lambda salt: {**bad, "signature": "QUJD"}
    found = command(*checked.arguments, status=1).stdout
    for part in ("secret", "diskChecksum", "name of the machine", "memory", "flags 256", "cpus", "diskURL: http://a"):
        assert part in found, found


def test_check_without_a_listing_still_looks_at_the_answer(command: Command, checked: Checked) -> None:
    checked.body = lambda salt: {**MACHINE, "memory": 1, "signature": "QUJD"}
    found = command(*checked.arguments, "--domain", "other.example", status=1).stdout
    assert "other.example is not in the list" in found
    assert "memory" in found


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]"])
def test_check_of_no_json(command: Command, checked: Checked, body: bytes) -> None:
    checked.body = lambda salt: body
    assert "did not answer with the description" in command(*checked.arguments, status=1).stdout


def test_check_of_nothing(command: Command, folder: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/vmcp"
    assert "nothing answers" in command("vmcp", "check", url, "--key", "key.pub", status=1).stdout
    assert "not a secure" in command("vmcp", "check", "http://a.example/", "--key", "key.pub", status=1).stdout
    command("vmcp", "check", url, "--keystore", url, status=2)
