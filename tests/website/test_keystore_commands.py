"""``cernvm-webapi keystore …``, with what it writes read by the host's own keystore."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cvmwebapi import website
from cvmwebapi.vmcp.keystore import Keystore
from cvmwebapi.vmcp.keystore_history import serial_of

from tests.unit.net.servers import Reply, Site

from .conftest import Command


@pytest.fixture
def keys(tmp_path: Path, site_key: website.PrivateKey, root_key: website.PrivateKey) -> None:
    for name, key in (("site", site_key), ("root", root_key), ("other", website.generate_key("ed25519"))):
        tmp_path.joinpath(f"{name}.pem").write_bytes(website.private_pem(key))
        tmp_path.joinpath(f"{name}.pub").write_bytes(website.public_pem(key))


def test_a_list_that_hosts_believe(
    command: Command, keys: None, tmp_path: Path, site: Site, root_key: website.PrivateKey
) -> None:
    command("keystore", "add", "store", "Example.ORG.", "site.pub")
    command("keystore", "add", "store", "other.example", "other.pub")
    command("keystore", "sign", "store", "--key", "root.pem")
    assert "genuine" in command("keystore", "verify", "store", "--root-key", "root.pub").stdout
    site.answer = lambda seen: Reply(tmp_path.joinpath("store", Path(seen.path).name).read_bytes())
    found = Keystore(site.url("/store"), website.public_pem(root_key).decode()).find("example.org")
    assert found is not None
    listed = command("keystore", "list", "store").stdout.splitlines()
    assert listed[0] == f"example.org\t{found.fingerprint}"
    assert listed[1].startswith("other.example\tSHA256:")


def test_add_does_not_change_a_key_in_silence(command: Command, keys: None, tmp_path: Path) -> None:
    command("keystore", "add", "store", "example.org", "site.pub")
    before = tmp_path.joinpath("store/domainkeys.lst").read_bytes()
    assert "--replace" in command("keystore", "add", "store", "example.org", "other.pub", status=1).stderr
    assert tmp_path.joinpath("store/domainkeys.lst").read_bytes() == before
    command("keystore", "add", "store", "example.org", "other.pub", "--replace")
    lines = tmp_path.joinpath("store/domainkeys.lst").read_text().splitlines()
    assert [line.partition("=")[0] for line in lines if not line.startswith("#")] == ["example.org"]


def test_each_list_has_a_higher_number_than_the_one_before(command: Command, keys: None, tmp_path: Path) -> None:
    file = tmp_path / "store/domainkeys.lst"
    command("keystore", "add", "store", "a.example", "site.pub")
    first = serial_of(file.read_bytes())
    assert first >= time.time() - 60
    file.write_text(file.read_text().replace(f"#serial {first}", "#serial 99999999999"))
    command("keystore", "add", "store", "b.example", "site.pub")
    assert file.read_text().splitlines()[0] == "#serial 100000000000"
    assert file.read_text().count("#serial") == 1


def test_remove_keeps_all_other_lines(command: Command, keys: None, tmp_path: Path) -> None:
    command("keystore", "add", "store", "a.example", "site.pub")
    file = tmp_path / "store/domainkeys.lst"
    file.write_text("# by hand\n\n" + file.read_text())
    command("keystore", "add", "store", "b.example", "site.pub")
    command("keystore", "remove", "store", "A.example")
    lines = file.read_text().splitlines()
    assert lines[0].startswith("#serial ")
    assert (lines[1], len(lines), lines[3][:10]) == ("# by hand", 4, "b.example=")
    assert "not listed" in command("keystore", "remove", "store", "a.example", status=1).stderr


def test_verify_finds_what_is_wrong(command: Command, keys: None, tmp_path: Path) -> None:
    command("keystore", "add", "store", "a.example", "site.pub")
    command("keystore", "sign", "store", "--key", "root.pem")
    with tmp_path.joinpath("store/domainkeys.lst").open("a") as file:
        file.write("b.example=QUJD\njunk\na.example=QUJD\n")
    found = command("keystore", "verify", "store", "--root-key", "root.pub", status=1).stdout
    assert "not the signature" in found
    # Behind number, dates and the genuine line.
    for line in ("line 5", "line 6", "line 7"):
        assert line in found
    assert "line 5" in command("keystore", "sign", "store", "--key", "root.pem", status=1).stderr


@pytest.mark.parametrize("domain", ["https://example.org", "a b", "a=b", "a\nb", "", "ex*mple.org", "é.example", "#a"])
def test_what_is_no_domain(command: Command, keys: None, tmp_path: Path, domain: str) -> None:
    assert "no host name" in command("keystore", "add", "store", domain, "site.pub", status=1).stderr
    assert not tmp_path.joinpath("store").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("add", "store", "a.example", "site.pem"), "public key"),
        (("add", "store", "a.example", "missing"), "No such file"),
        (("sign", "empty", "--key", "root.pem"), "No such file"),
        (("verify", "empty", "--root-key", "root.pub"), "No such file"),
    ],
)
def test_files_that_are_wrong(command: Command, keys: None, arguments: tuple[str, ...], reason: str) -> None:
    assert reason in command("keystore", *arguments, status=1).stderr


def test_only_rsa_roots(command: Command, keys: None) -> None:
    command("keystore", "add", "store", "a.example", "site.pub")
    assert "RSA" in command("keystore", "sign", "store", "--key", "other.pem", status=1).stderr
