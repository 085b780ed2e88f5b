"""All that can go wrong while VirtualBox is installed, in one table: what the user is told, and that a second try
of the same process works once the fault is gone.

pkexec is a double here: the real one is in tests/virtualbox/test_polkit.py, the real package manager in
test_providing.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.provision import commands, installing, running
from cvmwebapi.tasks import Task

from tests.unit.provision.conftest import SHELL, Shop, ensure, refused

Arrange = Callable[[Shop, pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """``how``: arguments of the first try. ``told`` stands in the message, ``advice`` in what to do about it."""

    what: str
    arrange: Arrange
    name: str
    code: int
    told: str
    advice: str
    how: dict[str, Any] = field(default_factory=dict)


def good(shop: Shop, *_: object, serial: int = 100, **changed: Any) -> None:
    shop.publish(shop.installer(SHELL + shop.virtualbox_script(), **changed), serial=serial)


def runs(script: str) -> Arrange:
    return lambda shop, _patch: shop.publish(shop.installer(SHELL + script))


def no_signature(shop: Shop, _patch: object) -> None:
    good(shop)
    (shop.served / "installers.sig").write_bytes(bytes(512))


def signed_by_another_key(shop: Shop, _patch: object) -> None:
    good(shop)
    content = (shop.served / "installers.json").read_bytes()
    (shop.served / "installers.sig").write_bytes(website.sign_keystore(content, website.generate_key()))


def signature_of_another_list(shop: Shop, _patch: object) -> None:
    good(shop, serial=99)
    signature = (shop.served / "installers.sig").read_bytes()
    good(shop)
    (shop.served / "installers.sig").write_bytes(signature)


def older_list(shop: Shop, _patch: object) -> None:
    good(shop, serial=50)
    refused(shop, answer=lambda *_: False)
    good(shop, serial=49)


def settings(**changed: Any) -> Arrange:
    def arrange(shop: Shop, patch: pytest.MonkeyPatch) -> None:
        good(shop)
        patch.setattr(shop, "settings", replace(shop.settings, **changed))

    return arrange


def broken_and_left_alone(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    shop.program("VBoxManage", "exec /usr/lib/gone/VBoxManage")
    settings(hypervisor_installation=False)(shop, patch)


def broken_again(shop: Shop, _patch: object) -> None:
    shop.program("VBoxManage", "exec /usr/lib/gone/VBoxManage")
    shop.publish(shop.installer("exit 0"))


def ordinary_user(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    good(shop)
    patch.setattr(installing.os, "geteuid", lambda: 1000)


def pkexec_double(script: str) -> Arrange:
    def arrange(shop: Shop, patch: pytest.MonkeyPatch) -> None:
        ordinary_user(shop, patch)
        shop.program("pkexec", f"{script}")

    return arrange


def windows_word_for_a_restart(shop: Shop, patch: pytest.MonkeyPatch) -> None:
    """Exit statuses of Linux end at 255. What is installed does not work before the restart."""
    shop.publish(shop.installer("exit 0"))
    patch.setattr(installing.running, "run", lambda *words: (3010, running_run(*words)[1]))
    patch.setattr(installing.commands, "outcome", lambda status, text, _system, *rest: outcome(
        status, text, "windows", *rest))  # fmt: skip


def given_up() -> Task:
    task = Task()
    task.cancel()
    return task


running_run, outcome = running.run, commands.outcome
PAGE = "virtualbox.org"
FAULTS = [
    Fault("the signature is none", no_signature, "installersInvalid", -12, "the signature is wrong", PAGE),
    Fault("signed by another root key", signed_by_another_key,
          "installersInvalid", -12, "the signature is wrong", PAGE),
    Fault("another list's signature", signature_of_another_list,
          "installersInvalid", -12, "the signature is wrong", PAGE),
    Fault("an older serial", older_list, "installersOlder", -12, "number 49, and number 50", "Try again later"),
    Fault("no list", lambda *_: None, "hypervisorMissing", -99, "not found", PAGE),
    Fault("nothing for this platform", lambda shop, _: good(shop, machine="riscv64"),
          "installerNone", -11, "holds no installer", PAGE),
    Fault("a wrong checksum", lambda shop, _: good(shop, sha256=hashlib.sha256(b"another").hexdigest()),
          "checksumMismatch", -12, "checksum is wrong", "Try again later"),
    Fault("an installer that fails", runs("echo The driver could not be built.; exit 3"),
          "installerFailed", -7, "status 3): The driver could not be built.", PAGE),
    Fault("an installer that does nothing", runs("exit 0"), "installerIncomplete", -7, "not found", PAGE),
    Fault("an installer that asks for a restart", windows_word_for_a_restart,
          "installerReboot", -7, "restarted", "Restart"),
    Fault("the user says no", good, "installationRefused", -99, "did not want", PAGE, {"answer": lambda *_: False}),
    Fault("the request is cancelled", good,
          "cancelled", -10, "cancelled", "Start it again", {"task": given_up()}),
    Fault("the password's window is dismissed",
          pkexec_double("echo 'Error executing command as another user: Request dismissed' >&2; exit 126"),
          "installerCancelled", -10, "cancelled", "what was downloaded is kept"),
    Fault("the password is wrong",
          pkexec_double("echo 'Error executing command as another user: Not authorized' >&2; exit 127"),
          "installerNoRights", -10, "not allowed", "right password"),
    Fault("nothing can ask for a password", ordinary_user, "installerNoPrompt", -10, "pkexec", PAGE),
    Fault("half removed, and nobody may repair it", broken_and_left_alone,
          "hypervisorBroken", -7, "does not work", "again"),
    Fault("half removed, and the installer leaves it so", broken_again,
          "installerIncomplete", -7, "does not work", PAGE),
    Fault("no disk", settings(min_free_disk=10**9), "diskFull", -6, "free disk space", "Free some"),
    Fault("no disk for what is unpacked", runs("echo 'cp: error writing: No space left on device'; exit 1"),
          "installerNoRoom", -6, "disk became full", "Free about"),
    Fault("another one is installing", runs("echo 'E: Could not get lock /var/lib/dpkg/lock-frontend'; exit 100"),
          "installerBusy", -7, "Another program", "Wait until"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what.replace(" ", "-"))
def test_it_is_told_and_a_second_try_works(shop: Shop, fault: Fault) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fault.arrange(shop, patch)
        error = refused(shop, **fault.how)
    assert (error.name, error.code) == (fault.name, fault.code)
    assert fault.told in error.message and fault.advice in error.fix
    assert shop.runs() == [], "nothing was installed"
    assert not list((shop.folder / "cache").glob("virtualbox-*")), "nothing is left"
    good(shop, serial=200)
    ensure(shop)
    assert shop.runs() == ["ran install"]
    assert ensure(shop) == [], "nobody is asked again"
