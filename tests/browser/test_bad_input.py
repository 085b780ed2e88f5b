"""What goes wrong, as the page is told of it: its own code, a sentence, what to do, and nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.lab.hostile import HostileServer
from tests.lab.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hostile(world: World) -> Iterator[HostileServer]:
    server = HostileServer(world.site_key)
    yield server
    server.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("fault", "name", "code"),
    [
        ("unsigned", "vmcpIncomplete", -99),
        ("wrongly-signed", "signatureWrong", -12),
        ("replayed", "signatureWrong", -12),
        ("not-json", "vmcpNotJson", -5),
        ("too-large", "vmcpTooLarge", -5),
        ("too-slow", "vmcpUnreachable", -6),
        ("bad-name", "machineName", -99),
    ],
)
def test_a_bad_answer(world: World, hostile: HostileServer, page: Page, fault: str, name: str, code: int) -> None:
    got = failure(page, request_session(f"{hostile.url}/{fault}"))
    assert (got["name"], got["code"], got["isError"]) == (name, code, True), got
    assert got["message"] and got["fix"]
    assert world.leftovers() == []


def test_an_endpoint_that_is_not_there(world: World, page: Page) -> None:
    got = failure(page, request_session("http://127.0.0.1:9/vmcp"))
    assert (got["name"], got["code"]) == ("vmcpUnreachable", -6), got


def test_a_page_whose_domain_has_no_key(world: World, browser: Browser, hostile: HostileServer) -> None:
    page = browser.open(world.site.replace("127.0.0.1", "unlisted.localhost"))
    got = failure(page, request_session(f"{hostile.url}/fine"))
    assert (got["name"], got["code"]) == ("notTrusted", -13), got
    page.close()


def test_a_no_and_a_closed_window_are_refusals_and_two_of_them_throttle(
    world: World, browser: Browser, page: Page, hostile: HostileServer
) -> None:
    for way in ("deny", "close"):
        begin(page, request_session(f"{hostile.url}/fine"))
        if way == "deny":
            decide(browser, "#deny")
        else:
            browser.wait_for_window("confirm.html").close()
        got = outcome(page)
        assert (got["name"], got["code"]) == ("refusedByUser", -10), (way, got)
    got = failure(page, request_session(f"{hostile.url}/fine"))
    assert (got["name"], got["code"]) == ("throttled", -10), got
    assert world.leftovers() == []
    world.forget_refusals()
