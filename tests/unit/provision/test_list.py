"""The signed list: its format, which entry fits, and the commands that make it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.command_line import run
from cvmwebapi.provision import installers, package_managers, signed_list
from cvmwebapi.provision.installers import BadList, Installer, InstallerList, Platform
from cvmwebapi.vmcp import list_age

from tests.unit.site_fixtures import failure

_ITEM = Installer("linux", "x86_64", "deb", "7.2.4", "https://example.org/v.deb", "a" * 64, 1000, "debian", "12")
_LIST = InstallerList(5, (_ITEM,))


def test_a_list_survives_being_written_and_read() -> None:
    assert installers.parse(_LIST.to_json()) == _LIST


@pytest.mark.parametrize(
    "members",
    [
        {"format": "domain keys"}, {"serial": "5"}, {"serial": True}, {"serial": -1}, {"installers": {}},
        {"installers": [5]}, {"installers": [{}]},
    ],
)  # fmt: skip
def test_what_is_no_list(edited: Callable[..., bytes], members: dict[str, Any]) -> None:
    with pytest.raises(BadList):
        installers.parse(edited(_LIST, members))


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 100_000, b" " * (installers.MAX_BYTES + 1)])
def test_what_is_no_json_either(content: bytes) -> None:
    with pytest.raises(BadList):
        installers.parse(content)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("system", "amiga"), ("kind", "exe"), ("kind", "../x"), ("machine", "x86 64"), ("version", "newest"),
        ("version", 7), ("url", "http://example.org/v.deb"), ("url", "file:///etc/passwd"), ("url", ""),
        ("sha256", "A" * 64), ("sha256", "a" * 63), ("size", 0), ("size", 2**40), ("size", "1000"), ("size", True),
        ("distribution", "--option"[0] * 50), ("release", "12;rm"),
    ],
)  # fmt: skip
def test_entries_that_nobody_may_make(name: str, value: object) -> None:
    raw = json.loads(_LIST.to_json())
    raw["installers"][0][name] = value
    with pytest.raises(BadList, match=r"installers\[1\]"):
        installers.parse(json.dumps(raw).encode())


def _made(distribution: str = "", release: str = "", version: str = "7.2.4", machine: str = "x86_64") -> Installer:
    url = f"https://example.org/{distribution}{release}{version}"
    return Installer("linux", machine, "run", version, url, "a" * 64, 1, distribution, release)


@pytest.mark.parametrize(
    ("items", "chosen"),
    [
        ([_made(), _made("ubuntu"), _made("ubuntu", "22.04"), _made("debian")], _made("ubuntu", "22.04")),
        ([_made(), _made("ubuntu"), _made("debian")], _made("ubuntu")),
        ([_made(), _made("debian")], _made("debian")),
        ([_made("fedora"), _made()], _made()),
        ([_made("ubuntu", "24.04"), _made("fedora")], None),
        ([_made(version="7.2.2"), _made(version="7.2.10")], _made(version="7.2.10")),
        ([_made(version="5.2.44")], None),
        ([_made(machine="arm64")], None),
        ([], None),
    ],
)
def test_the_one_that_fits_best(items: list[Installer], chosen: Installer | None) -> None:
    ubuntu = Platform("linux", "x86_64", "ubuntu", ("debian",), "22.04")
    assert installers.choose(InstallerList(1, tuple(items)), ubuntu) == chosen


def test_a_recorded_os_release() -> None:
    text = 'NAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n'
    assert installers.platform_of("linux", "amd64", text) == Platform("linux", "x86_64", "ubuntu", ("debian",), "22.04")


def test_recorded_answers_of_package_managers() -> None:
    apt, dnf, *_ = package_managers.MANAGERS
    policy = (
        "virtualbox:\n  Installed: (none)\n  Candidate: (none)\n"
        "virtualbox-7.2:\n  Installed: (none)\n  Candidate: 7.2.4-170995~Debian~bookworm\n"
    )
    offer = package_managers.offer(apt, lambda command: policy)
    assert offer and offer.package == "virtualbox-7.2" and offer.typed == "sudo apt-get install virtualbox-7.2"
    assert offer.command(again=True)[-2:] == ["--reinstall", "virtualbox-7.2"]
    info = "Available Packages\nName         : VirtualBox\nVersion      : 7.1.4\nRelease      : 1.fc41\n"
    found = package_managers.offer(dnf, lambda command: info)
    assert found and str(found.version) == "7.1.4"
    old = "virtualbox:\n  Installed: (none)\n  Candidate: 5.2.42-dfsg-0\n"
    assert package_managers.offer(apt, lambda command: old) is None
    assert package_managers.offer(apt, lambda command: "") is None


def test_the_commands_make_sign_and_verify_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = website.generate_key()
    private, public, file = tmp_path / "root.pem", tmp_path / "root.pub", tmp_path / "vbox.deb"
    private.write_bytes(website.private_pem(key))
    pem = website.public_pem(key)
    public.write_bytes(pem if isinstance(pem, bytes) else pem.encode())
    file.write_bytes(b"installer")
    folder = str(tmp_path / "keystore")
    add = ["hypervisor", "add", folder, str(file), "--url", "https://example.org/vbox.deb", "--system", "linux",
           "--distribution", "debian"]  # fmt: skip
    assert run([*add, "--version", "7.2.2"]) == 0
    assert run([*add, "--version", "7.2.4"]) == 0
    assert run(["hypervisor", "sign", folder, "--key", str(private)]) == 0
    assert run(["hypervisor", "verify", folder, "--root-key", str(public)]) == 0
    told = capsys.readouterr().out
    assert "7.2.4\tdeb" in told and "7.2.2\tdeb" not in told and "1 installers" in told
    assert run([*add, "--version", "newest"]) == 1
    assert run([*add[:4], "--url", "http://example.org/x", *add[6:], "--version", "7.2.4"]) == 1
    (tmp_path / "keystore/installers.json").write_bytes(_LIST.to_json())
    assert run(["hypervisor", "verify", folder, "--root-key", str(public)]) == 1


@pytest.mark.parametrize(
    ("days", "dates", "believed"),
    [
        (1, {}, True),
        (29, {}, True),
        (31, {}, False),
        (1000, {}, False),
        (1000, {"expires": 1}, True),
        (1, {"expires": -1}, False),
        (1, {"signed": -31}, False),
    ],
)
def test_an_old_list_is_not_believed(tmp_path: Path, days: int, dates: dict[str, int], believed: bool) -> None:
    """Its number is the time at which it was made, unless it says more."""
    now, root_key = int(time.time()), website.generate_key(bits=2048)
    texts = {name: list_age.text_of(now + offset * 86_400) for name, offset in dates.items()}
    content = InstallerList(now - days * 86_400, (_ITEM,), **texts).to_json()
    arguments = (content, website.sign_keystore(content, root_key), root_key.public_key(), "x", tmp_path / "seen.json")
    if believed:
        assert signed_list.checked(*arguments).dates.expires == (now + 86_400 if "expires" in dates else None)
    else:
        assert failure(signed_list.checked, *arguments).name == "installersInvalid"


@pytest.mark.parametrize("date", [5, "tomorrow", "2026-11-26", None])
def test_a_date_that_is_none(edited: Callable[..., bytes], date: object) -> None:
    with pytest.raises(BadList):
        installers.parse(edited(_LIST, {"expires": date}))
