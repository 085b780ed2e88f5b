"""The main job in a real browser, with the guest booted: page, question, machine, its answer, and nothing left."""

from __future__ import annotations

import time

import pytest

from tests.browser.conftest import picture
from tests.lab.world import World

pytestmark = pytest.mark.browser


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["chromium"])
def test_a_visitor_starts_a_machine_and_the_page_talks_to_it(guest_world: World, name: str) -> None:
    with guest_world.browser(name) as browser:
        page = browser.open(f"{guest_world.site}?memory=64")
        page.evaluate("document.querySelector('#visitor').value = 'Ada & Zoë'")
        page.click("#start")
        window = browser.wait_for_window("confirm.html")
        window.wait_until("document.querySelector('h1')?.innerText.includes('127.0.0.1')")
        assert guest_world.leftovers() == [], "before the yes there is nothing"
        picture(window, f"confirmation-{name}")
        window.click("#allow")
        window.wait_closed()
        page.wait_until("document.querySelector('#state').innerText === 'running'", 120)
        started = time.monotonic()
        answer = page.wait_until("document.querySelector('#answer').innerText", 240)
        print(f"{name}: first answer {time.monotonic() - started:.1f} s after running")
        assert "Ada & Zoë" in str(answer)
        assert page.evaluate("session.apiAvailable") is True
        assert "Ada & Zoë" in page.evaluate("session.fetch('/user-data').then((answer) => answer.text())")
        picture(page, f"page-{name}")
        page.click("#stop")
        page.wait_until("document.querySelector('#state').innerText === 'poweroff'", 60)
        page.click("#close")
        page.wait_until("document.querySelector('#state').innerText === 'not started'", 60)
        assert page.text("#error") == ""
    assert guest_world.leftovers() == []
