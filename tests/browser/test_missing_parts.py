"""What the page learns when something on the computer or on the release server is missing or wrong."""

from __future__ import annotations

import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.lab.world import World, blank_iso

pytestmark = pytest.mark.browser


def test_vboxmanage_missing() -> None:
    with World(blank_iso()) as world:
        world.write_settings(vboxmanage="/nowhere/VBoxManage")
        with world.browser() as browser:
            page = browser.open(world.site)
            got = failure(page, request_session(world.vmcp))
    assert (got["name"], got["code"]) == ("hypervisorMissing", -99), got
    assert "virtualbox.org" in got["fix"]


def test_a_wrong_checksum_of_the_iso(world: World) -> None:
    checksum = next(world.releases.glob("*/*.sha256"))
    right = checksum.read_text()
    checksum.write_text("0" * 64 + right[64:])
    try:
        with world.browser() as browser:
            page = browser.open(world.site)
            begin(page, request_session(f"{world.vmcp}?name=tampered"))
            decide(browser, "#allow")
            assert outcome(page)["name"] == "no error"
            page.evaluate("void (window.opened = mine)")
            got = failure(page, "opened.start()")
            assert (got["name"], got["code"]) == ("checksumMismatch", -12), got
            assert world.leftovers() == []
            assert page.evaluate("opened.close().then(() => opened.state)") == 0
    finally:
        checksum.write_text(right)


def test_the_program_is_not_installed(world: World) -> None:
    with world.browser() as browser:
        (world.folder / "profile-chromium" / "NativeMessagingHosts" / "ch.cern.cernvm.webapi.json").unlink()
        page = browser.open(world.site)
        got = failure(page, "CVM.connect()")
    assert got["name"] == "hostMissing" and got["fix"], got
