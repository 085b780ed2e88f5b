"""What a page finds before its own scripts run, in both browsers."""

from __future__ import annotations

import pytest
from cvmwebapi import __version__

from tests.browser.calls import begin, decide, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.lab.world import World

pytestmark = pytest.mark.browser


def test_cvm_is_there_frozen_and_not_replaceable(page: Page) -> None:
    assert page.evaluate(
        """(() => {
            const before = window.CVM;
            window.CVM = {};
            delete window.CVM;
            try { Object.defineProperty(window, "CVM", {value: 1}); } catch {}
            return window.CVM === before && Object.isFrozen(CVM) && typeof CVM.startCVMWebAPI === "function";
        })()"""
    )
    assert page.evaluate("CVM.version") == __version__
    assert page.evaluate("Object.keys(window).filter((name) => /^cvm/i.test(name)).join()") == "CVM"


def test_the_callback_gets_a_plugin_and_the_host_answers(page: Page) -> None:
    script = "new Promise((done) => CVM.startCVMWebAPI((plugin) => done(typeof plugin.requestSession), true))"
    assert page.evaluate(script) == "function"


def test_events_of_a_session_reach_only_the_tab_that_opened_it(browser: Browser, world: World, page: Page) -> None:
    other = browser.open(world.site)
    for each, number in ((page, 1), (other, 2)):
        begin(each, request_session(f"{world.vmcp}?name=tab{number}&memory=64&disk=0"))
        decide(browser, "#allow")
        assert outcome(each)["name"] == "no error"
        each.evaluate("void (window.seen = [], mine.addEventListener('stateChanged', (state) => seen.push(state)))")
    page.evaluate("mine.start().then(() => 1)")
    assert page.wait_until("seen.includes(5)") is True
    assert other.evaluate("seen.length") == 0
    page.evaluate("mine.close().then(() => 1)")
    other.evaluate("mine.close().then(() => 1)")
    other.close()
    assert world.leftovers() == []


def test_a_session_of_another_tab_or_a_made_up_caller_is_refused(page: Page) -> None:
    """The page's own objects are all it has; what it invents does not get past the background."""
    begin(page, "CVM.connect().then((plugin) => plugin.enumSessions())")
    assert outcome(page)["code"] == -10


def test_two_requests_wait_for_their_turn_at_the_user(browser: Browser, world: World, page: Page) -> None:
    begin(
        page,
        f"Promise.all([{request_session(world.vmcp + '?name=one')}, {request_session(world.vmcp + '?name=two')}])",
    )
    decide(browser, "#allow")
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    assert page.evaluate("Promise.all(mine.map((each) => each.close())).then(() => 1)") == 1
