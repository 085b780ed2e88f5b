"""What is missing or in the way is told, waited for, and the website goes on without a reload: real VirtualBox, both
browsers. And the page's corner, the popup and the first-run page say the same of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.browser.calls import begin, decide, kill_hosts, outcome, request_session
from tests.browser.conftest import picture
from tests.drivers.browser import Browser, Page
from tests.lab.world import World

pytestmark = [pytest.mark.browser, pytest.mark.virtualbox, pytest.mark.timeout(240)]


class Movable:
    """A VBoxManage that comes and goes, and a disk that is full or not, in the user's settings."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.place = world.folder / "movable" / "VBoxManage"
        self.place.parent.mkdir()
        self._away = self.place.with_name("away")
        self.place.write_text(f'#!/bin/sh\nexec {world.home.vboxmanage} "$@"\n')
        self.place.chmod(0o755)
        self.settings()

    def settings(self, asks: bool = True, free: int = 1) -> None:
        self.world.write_settings(vboxmanage=str(self.place), hypervisor_installation=asks, min_free_disk=free)

    def remove(self) -> None:
        self.place.rename(self._away)

    def bring_back(self) -> None:
        self._away.rename(self.place)

    def fill_disk(self, asks: bool = True) -> None:
        """More is to be left free than there is, and the boot image must be fetched again."""
        shutil.rmtree(self.world.folder / ".cache/cernvm-webapi/images", ignore_errors=True)
        self.settings(asks, shutil.disk_usage(self.world.folder).free // 2**20 + 10_000)


@pytest.fixture
def virtualbox(world: World) -> Iterator[Movable]:
    made = Movable(world)
    yield made
    world.write_settings()
    shutil.rmtree(made.place.parent)


def test_virtualbox_comes_while_the_page_waits(browser: Browser, world: World, page: Page, virtualbox: Movable) -> None:
    virtualbox.remove()
    page.evaluate("void (window.loaded = 'once')")
    begin(page, request_session(f"{world.vmcp}?name=comes-{browser.name}&memory=64&disk=0"))
    offer = browser.wait_for_window("install.html")
    offer.wait_until("!document.getElementById('request').hidden")
    picture(offer, f"install-real-{browser.name}")
    virtualbox.bring_back()
    offer.wait_closed()
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("void (window.machine = mine)")
    virtualbox.remove()
    begin(page, "machine.start()")
    offer = browser.wait_for_window("install.html")
    virtualbox.bring_back()
    offer.wait_closed()
    assert outcome(page)["name"] == "no error"
    assert page.evaluate("[machine.state, window.loaded]") == [5, "once"]
    _from_the_popup(browser, page, virtualbox)
    _after_the_host_was_killed(browser, page, virtualbox)
    page.evaluate("machine.close().then(() => 1)")
    assert world.leftovers() == []


def _from_the_popup(browser: Browser, page: Page, virtualbox: Movable) -> None:
    """Which has closed long since when the machine starts."""
    page.evaluate("machine.stop().then(() => 1)")
    popup = browser.open(browser.extension_url("windows/machines/machines.html"))
    popup.wait_until("document.querySelector('.machine.poweroff')")
    virtualbox.remove()
    popup.click(".machine button[data-verb=start]:not([hidden])")
    offer = browser.wait_for_window("install.html")
    popup.close()
    virtualbox.bring_back()
    offer.wait_closed()
    page.wait_until("machine.state === 5", 60)


def _after_the_host_was_killed(browser: Browser, page: Page, virtualbox: Movable) -> None:
    """The session comes back without VirtualBox and without a window; the page's own call then asks."""
    page.evaluate("machine.stop().then(() => 1)")
    page.evaluate(
        """void (window.back = false,
        CVM.connect().then((plugin) => plugin.addEventListener("connected", () => { window.back = true; })))"""
    )
    page.evaluate("machine.sync().then(() => 1)")
    virtualbox.remove()
    kill_hosts(browser)
    page.wait_until("window.back", 60)
    assert browser.find_window("install.html") is None
    begin(page, "machine.start()")
    offer = browser.wait_for_window("install.html")
    virtualbox.bring_back()
    offer.wait_closed()
    assert outcome(page)["name"] == "no error"
    assert page.evaluate("machine.state") == 5


def test_a_full_disk_is_told_alike_everywhere_and_waited_for(
    browser: Browser, world: World, page: Page, virtualbox: Movable
) -> None:
    begin(page, request_session(f"{world.vmcp}?name=full-{browser.name}&memory=64&disk=0"))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("void (window.machine = mine)")
    virtualbox.fill_disk()
    begin(page, "machine.start()")
    remedy = browser.wait_for_window("remedy.html")
    remedy.wait_until("!document.getElementById('request').hidden")
    told = [remedy.text(f"#{part}") for part in ("what", "cause", "fix")]
    assert "disk is full" in told[0] and all(told)
    picture(remedy, f"remedy-{browser.name}")
    # Whoever gives up: the page's Error has the same words.
    remedy.click("#deny")
    remedy.wait_closed()
    page.wait_until("window.outcome")
    failure = "machine.start().then(() => null, ({name, cause, fix}) => ({name, cause, fix}))"
    virtualbox.fill_disk(asks=False)
    error = page.evaluate(failure)
    assert error["name"] == "diskFull" and error["fix"] == told[2]
    assert _without_numbers(error["cause"]) == _without_numbers(f"{told[0]} {told[1]}")
    virtualbox.fill_disk()
    begin(page, "machine.start()")
    remedy = browser.wait_for_window("remedy.html")
    virtualbox.settings()
    remedy.wait_closed()
    assert outcome(page)["name"] == "no error"
    assert page.evaluate("machine.state") == 5
    page.evaluate("machine.close().then(() => 1)")
    assert world.leftovers() == []


def test_the_page_its_corner_the_popup_and_the_first_run_page_say_the_same(
    browser: Browser, world: World, page: Page, virtualbox: Movable
) -> None:
    virtualbox.settings(asks=False)
    begin(page, request_session(f"{world.vmcp}?name=same-{browser.name}&memory=64&disk=0"))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("void (window.machine = mine)")
    page.evaluate("machine.start().then(() => machine.stop()).then(() => 1)")
    good = virtualbox.place.read_text()
    virtualbox.place.write_text("#!/bin/sh\necho 'VBoxManage: error: half removed' >&2; exit 1\n")
    error = page.evaluate("machine.start().then(() => null, ({name, cause, fix}) => ({name, cause, fix}))")
    assert error["name"] == "hypervisorBroken" and "half removed" in error["cause"]
    assert "Install VirtualBox again" in error["fix"]
    corner = "document.querySelector('cernvm-webapi-status')"
    page.wait_until(f"Boolean({corner}?.getBoundingClientRect().height)")
    picture(page, f"corner-cause-{browser.name}")
    popup = browser.open(browser.extension_url("windows/machines/machines.html"))
    # VirtualBox can't be asked for its state: the machine is shown as it was.
    popup.wait_until("document.querySelector('.machine.poweroff')")
    popup.click(".machine button[data-verb=start]:not([hidden])")
    popup.wait_until("document.querySelector('.machine .problem').innerText.includes('half removed')")
    welcome = browser.open(browser.extension_url("windows/welcome/welcome.html"))
    welcome.wait_until("document.body.innerText.includes('half removed')")
    for shown in (popup.text(".machine .problem"), welcome.evaluate("document.body.innerText")):
        for words in (*error["cause"].split("half removed"), error["fix"].splitlines()[0]):
            assert words.strip(" .") in shown
    picture(popup, f"machines-cause-{browser.name}")
    picture(welcome, f"first-run-broken-{browser.name}")
    popup.close()
    virtualbox.place.write_text(good)
    # Put right: the first-run page sees it by itself.
    welcome.wait_until("!document.body.innerText.includes('half removed')")
    welcome.close()
    page.evaluate("machine.close().then(() => 1)")
    assert world.leftovers() == []


def _without_numbers(text: str) -> str:
    """Free space changes from moment to moment."""
    return "".join(letter for letter in text if not letter.isdigit())
