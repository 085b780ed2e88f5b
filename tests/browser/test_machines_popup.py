"""The list of machines behind the toolbar's button: real browsers, real host, real VirtualBox."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from tests.browser.calls import begin, decide, outcome, request_session
from tests.browser.conftest import picture
from tests.drivers.browser import Browser, Page
from tests.lab.machines import add_rows
from tests.lab.world import World

pytestmark = pytest.mark.browser

POPUP = "windows/machines/machines.html"
BADGE = "chrome.action.getBadgeText({})"


def running_machine(browser: Browser, world: World, page: Page, name: str) -> None:
    begin(page, request_session(f"{world.vmcp}?name={name}&memory=64&disk=64") + ".then((session) => session.start())")
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"


def state(popup: Page) -> str:
    return popup.text(".machine .state")


def button(verb: str) -> str:
    return f".machine button[data-verb={verb}]:not([hidden])"


@pytest.mark.timeout(300)
def test_a_machine_whose_page_is_closed_is_seen_and_controlled(browser: Browser, world: World, page: Page) -> None:
    running_machine(browser, world, page, f"popup-{browser.name}")
    popup = browser.open(browser.extension_url(POPUP))
    page.goto("about:blank")
    popup.wait_until("document.querySelector('.machine.running')")
    popup.wait_until(f"({BADGE}).then((shown) => shown === '1')")
    popup.wait_until("/%.*MB/.test(document.querySelector('.machine').innerText)")
    first = "document.querySelector('.machine')"
    popup.evaluate(f"void (window.kept = {first})")
    picture(popup, f"machines-running-{browser.name}")
    popup.click(button("pause"))
    popup.wait_until("document.querySelector('.machine.paused')")
    popup.wait_until(f"({BADGE}).then((shown) => shown === '')")
    assert popup.evaluate(f"window.kept === {first}"), "rows are updated in place"
    popup.click(button("resume"))
    popup.wait_until("document.querySelector('.machine.running')")
    popup.click("#pause-all")
    popup.wait_until("document.querySelector('.machine.paused')")
    popup.click(button("stop"))
    popup.wait_until("document.querySelector('.machine.poweroff')")
    popup.click(button("close"))
    assert popup.evaluate("document.activeElement.dataset.verb") == "keep", "the harmless answer is at hand"
    assert "deleted" in popup.text(".remove")
    picture(popup, f"machines-remove-{browser.name}")
    popup.press("Escape")
    popup.wait_until("document.querySelector('.remove').hidden")
    assert world.leftovers() != []
    popup.click(button("close"))
    popup.click(".remove button[data-verb=remove]")
    popup.wait_until("!document.querySelector('.machine')", 60)
    assert world.leftovers() == []
    popup.close()


def test_fifty_machines_by_keyboard_at_twice_the_size(browser: Browser, world: World) -> None:
    popup = browser.open(browser.extension_url(POPUP))
    popup.wait_until("document.querySelector('#status').innerText.startsWith('No website')")
    add_rows(world.folder, 50)
    popup.wait_until("document.querySelectorAll('.machine').length === 50")
    popup.evaluate("void (document.documentElement.style.fontSize = '200%')")
    assert popup.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
    picture(popup, f"machines-fifty-{browser.name}")
    popup.evaluate(
        "void (scrollTo(0, 5000), document.querySelectorAll('.machine')[30].querySelector('[data-verb=close]').focus())"
    )
    popup.evaluate("new Promise((done) => setTimeout(done, 1000))")
    before = popup.evaluate("[scrollY, document.querySelectorAll('.machine')[30].dataset.session]")
    looked = "performance.now()"
    started = popup.evaluate(looked)
    popup.wait_until(f"{looked} - {started} > 2500")
    assert popup.evaluate("[scrollY, document.activeElement.closest('.machine').dataset.session]") == before, (
        "looking again moves neither the view nor the focus"
    )
    popup.press("Enter")
    popup.wait_until("document.activeElement.dataset.verb === 'keep'")
    popup.press("Tab")
    popup.press("Enter")
    popup.wait_until("document.querySelectorAll('.machine').length === 49")
    with contextlib.closing(sqlite3.connect(world.data_folder / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("DELETE FROM session")
    popup.wait_until("!document.querySelector('.machine')")
    popup.close()
