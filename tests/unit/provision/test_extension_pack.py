"""The extension pack from a signed list on a real server; VBoxManage is a double that notes what it was told.
VirtualBox itself takes a pack in tests/virtualbox/test_providing.py."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor.versions import Version
from cvmwebapi.provision import extension_pack, installers
from cvmwebapi.provision.installers import BadList, Installer, InstallerList
from cvmwebapi.tasks import Task

from tests.unit.provision.conftest import SHELL, Shop

_NAME = "Oracle_VirtualBox_Extension_Pack-7.1.4.vbox-extpack"
_VERSION = Version(7, 1, 4, "", 165100)
_TERMS = b"You may use it at home.\n"
_XML = {"ExtPack.xml": b"<xml/>"}


def packed(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as pack:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            pack.addfile(entry, io.BytesIO(content))
    return held.getvalue()


GOOD = packed({**_XML, "./ExtPack-license.txt": _TERMS})


def listed(shop: Shop, content: bytes = GOOD, **changed: str) -> Installer:
    """Put a pack on the server and into the list, and VirtualBox on the computer."""
    (shop.served / _NAME).write_bytes(content)
    made = Installer("any", "", installers.PACK, "7.1.4", f"{shop.url}/{_NAME}", hashlib.sha256(content).hexdigest(),
                     len(content))  # fmt: skip
    made = replace(made, **changed)
    shop.publish(made)
    shop.program("VBoxManage", f'{SHELL}[ -f "$5" ] && echo "$@" >> {shop.mark}')
    return made


def install(shop: Shop, accepts: Callable[[extension_pack.Licence], bool] = lambda licence: True) -> None:
    task = Task(shop.tell)
    pack = extension_pack.find(shop.settings, _VERSION, task)
    extension_pack.install(pack, shop.settings, accepts, task)


def test_virtualbox_gets_the_pack_and_the_sum_of_the_licence_that_was_shown(shop: Shop) -> None:
    listed(shop)
    shown: list[str] = []
    install(shop, lambda licence: bool(shown.append(licence.text)) or True)
    assert shown == [_TERMS.decode()]
    (told,) = shop.runs()
    *words, file = told.split()
    assert words == ["extpack", "install", "--replace", f"--accept-license={hashlib.sha256(_TERMS).hexdigest()}"]
    assert file.endswith(f"/{_NAME}") and not Path(file).exists()


def _big(shop: Shop) -> None:
    # Zeros, so that the file itself is small.
    listed(shop, packed({**_XML, "filler": bytes(513 * 2**20)}))


@pytest.mark.parametrize(
    ("arrange", "name", "words"),
    [
        (lambda shop: listed(shop, b"no archive"), "extensionPackBad", "can't be read"),
        (lambda shop: listed(shop, GOOD[:30]), "extensionPackBad", "can't be read"),
        (lambda shop: listed(shop, packed(_XML)), "extensionPackBad", "no licence"),
        (lambda shop: listed(shop, packed({"ExtPack-license.txt": bytes(2**20)})), "extensionPackBad", "too long"),
        (_big, "extensionPackBad", "too large"),
        (lambda shop: listed(shop, sha256="0" * 64), "checksumMismatch", "checksum"),
        (lambda shop: listed(shop, version="7.1.6"), "extensionPackNone", "7.1.4"),
        (lambda shop: (listed(shop), shop.program("VBoxManage", "echo refused; exit 1")), "installerFailed", "refused"),
    ],
    ids=["no archive", "cut off", "no licence", "endless licence", "bomb", "checksum", "other version", "fails"],
)
def test_faults_have_names_and_a_second_try_works(
    shop: Shop, arrange: Callable[[Shop], object], name: str, words: str
) -> None:
    arrange(shop)
    with pytest.raises(CVMError) as error:
        install(shop)
    assert error.value.name == name and words in error.value.message and error.value.fix
    assert shop.runs() == []
    listed(shop)
    install(shop)
    assert len(shop.runs()) == 1


def test_a_licence_that_is_not_accepted_installs_nothing(shop: Shop) -> None:
    listed(shop)
    with pytest.raises(CVMError, match="was not accepted"):
        install(shop, lambda licence: False)
    assert shop.runs() == []
    install(shop)
    assert len(shop.runs()) == 1


@pytest.mark.parametrize("file", ["--help.vbox-extpack", "a b.vbox-extpack", "pack.zip", "x%2F..%2Fy.vbox-extpack"])
def test_a_name_that_is_none_is_no_entry_of_a_list(shop: Shop, file: str) -> None:
    with pytest.raises(BadList, match="value of url"):
        installers.checked(replace(listed(shop), url=f"https://example.org/{file}"))


def test_an_address_that_is_none_is_no_entry_of_a_list(shop: Shop) -> None:
    with pytest.raises(BadList, match="address"):
        installers.checked(replace(listed(shop), url="https://[example.org/x.vbox-extpack"))


def test_a_pack_is_no_installer_of_virtualbox(shop: Shop) -> None:
    from cvmwebapi.provision import plan

    assert installers.choose(InstallerList(1, (listed(shop),)), plan.this_platform()) is None
