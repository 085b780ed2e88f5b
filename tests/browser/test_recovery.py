"""The way between page and machine breaks while the machine changes: the page hears of both, from the real host.

The extension's own part, with more cases, is in tests/extension/test_recovery_with_echo_host.py.
"""

from __future__ import annotations

import pytest

from tests.browser.calls import begin, decide, kill_hosts, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.lab.hostile import HostileServer
from tests.lab.world import World

pytestmark = pytest.mark.browser
PAUSED, RUNNING = 4, 5


@pytest.mark.timeout(240)
def test_what_happens_meanwhile_is_told_afterwards(browser: Browser, world: World, page: Page) -> None:
    # Firefox does not keep the example's page, whose server wants it never to be stored.
    for name in ("plain", "elsewhere"):
        (world.folder / "served" / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    page.goto(f"{world.files}/plain.html")
    server = HostileServer(world.site_key)
    begin(page, request_session(f"{server.url}/fine"))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("mine.start().then(() => 1)")
    page.evaluate(
        """void (heard = [], mine.addEventListener("stateChanged", (state) => heard.push(state)),
            CVM.connect().then((plugin) => ["disconnected", "connected"].forEach((name) =>
                plugin.addEventListener(name, () => heard.push(name)))))"""
    )
    machine = next(iter(world.home.vms().values()))

    def changed_while(way: str) -> None:
        if way == "kept":
            page.goto(f"{world.files}/elsewhere.html")
        elif way == "killed":
            kill_hosts(browser)
        else:
            browser.kill_background()
        world.home.run("controlvm", machine, "pause")
        if way == "kept":
            page.back()
        page.wait_until(f"window.heard?.includes('connected') && heard.includes({PAUSED})", 60)
        heard = page.evaluate("heard")
        assert heard[0] == "disconnected" and sorted(map(str, heard)) == [str(PAUSED), "connected", "disconnected"]
        # Events of what comes after reach the page again.
        world.home.run("controlvm", machine, "resume")
        page.wait_until(f"heard.at(-1) === {RUNNING}", 60)
        page.evaluate("void (heard.length = 0)")

    for way in ("killed", "kept", "suspended"):
        changed_while(way)
    assert server.requests == 1, "the one of requestSession"
    assert browser.find_window("confirm.html") is None
    page.evaluate("mine.close().then(() => 1)")
    server.close()
    assert world.leftovers() == []
