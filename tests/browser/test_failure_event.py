"""A machine that dies under its page, in both browsers: `failure`, then the way back."""

from __future__ import annotations

import pytest

from tests.browser.calls import begin, decide, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.lab.world import World

pytestmark = [pytest.mark.browser, pytest.mark.virtualbox]


@pytest.mark.timeout(240)
def test_the_page_hears_that_its_machine_was_killed(browser: Browser, world: World, page: Page) -> None:
    begin(page, request_session(f"{world.vmcp}?name=mortal-{browser.name}&memory=64&disk=0"))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("mine.start().then(() => 1)")
    page.evaluate(
        """void (window.log = [], ["failure", "stateChanged"].forEach((name) =>
            mine.addEventListener(name, (value) => log.push([name, value]))),
            window.modern = [], mine.events.addEventListener("failure", ({detail}) => modern.push(detail)))"""
    )
    assert world.home.kill("VBoxHeadless")
    page.wait_until("log.some(([name]) => name === 'failure')", 90)
    assert page.evaluate("log.find(([name]) => name === 'failure')") == ["failure", 8]
    assert page.evaluate("modern[0]") == [8]
    # It is started again by the host.
    page.wait_until("mine.state === 5 && log.some(([name, state]) => name === 'stateChanged' && state === 5)", 90)
    page.evaluate("mine.close().then(() => 1)")
    assert world.leftovers() == []


@pytest.mark.timeout(240)
def test_a_visitor_who_comes_back_to_a_running_machine(browser: Browser, world: World, page: Page) -> None:
    """`start` has nothing to do then, and the progress that the page shows comes to an end all the same."""
    url = f"{world.vmcp}?name=back-{browser.name}&memory=64&disk=0"
    begin(page, request_session(url))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    steps = "(async () => { const task = mine.start(); for await (const _ of mine.progress()) window.steps++;"
    page.evaluate(f"void (window.steps = 0, {steps} await task; window.over = true; }})())")
    page.wait_until("window.over", 90)
    assert page.evaluate("mine.state") == 5 and page.evaluate("steps > 0")

    page.goto(world.site)
    begin(page, request_session(url))
    assert outcome(page)["name"] == "no error"
    assert page.evaluate("mine.state") == 5
    page.evaluate(f"void (window.steps = 0, {steps} await task; window.over = true; }})())")
    page.wait_until("window.over")
    page.evaluate("mine.close().then(() => 1)")
    assert world.leftovers() == []
