"""What goes wrong, as the page is told of it: its own code, a sentence, what to do, and nothing left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.drivers.browser import Browser, Page
from tests.lab.hostile import HostileServer
from tests.lab.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hostile(world: World) -> Iterator[HostileServer]:
    server = HostileServer(world.site_key)
    yield server
    server.close()


def outcome(page: Page, url: str) -> dict[str, Any]:
    """What a page learns of a request that fails."""
    result: dict[str, Any] = page.evaluate(
        f"""(async () => {{
            const plugin = await CVM.connect();
            try {{
                await plugin.requestSession({json.dumps(url)});
                return {{name: "no error"}};
            }} catch (error) {{
                const {{code, name, message, fix}} = error;
                return {{code, name, message, fix, isError: error instanceof Error}};
            }}
        }})()"""
    )
    return result


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("fault", "name", "code"),
    [
        ("unsigned", "vmcpIncomplete", -99),
        ("wrongly-signed", "signatureWrong", -12),
        ("replayed", "signatureWrong", -12),
        ("not-json", "vmcpNotJson", -5),
        ("too-large", "vmcpTooLarge", -5),
        ("too-slow", "vmcpTooSlow", -6),
        ("bad-name", "machineName", -99),
    ],
)
def test_a_bad_answer(world: World, hostile: HostileServer, page: Page, fault: str, name: str, code: int) -> None:
    got = outcome(page, f"{hostile.url}/{fault}")
    assert (got["name"], got["code"], got["isError"]) == (name, code, True), got
    assert got["message"] and got["fix"]
    assert world.leftovers() == []


def test_an_endpoint_that_is_not_there(world: World, page: Page) -> None:
    got = outcome(page, "http://127.0.0.1:9/vmcp")
    assert (got["name"], got["code"]) == ("vmcpUnreachable", -6), got


def test_a_page_whose_domain_has_no_key(world: World, browser: Browser, hostile: HostileServer) -> None:
    page = browser.open(world.site.replace("127.0.0.1", "unlisted.localhost"))
    got = outcome(page, f"{hostile.url}/fine")
    assert (got["name"], got["code"]) == ("notTrusted", -13), got
    page.close()


def test_a_no_and_a_closed_window_are_refusals_and_two_of_them_throttle(
    world: World, browser: Browser, page: Page, hostile: HostileServer
) -> None:
    for way in ("deny", "close"):
        page.evaluate(
            f"""void (window.outcome = null, CVM.connect()
                .then((plugin) => plugin.requestSession({json.dumps(hostile.url + "/fine")}))
                .then(() => window.outcome = {{name: "no error"}}, ({{name, code, fix}}) =>
                    window.outcome = {{name, code, fix}}))"""
        )
        window = browser.wait_for_window("confirm.html")
        time.sleep(0.7)
        if way == "deny":
            window.click("#deny")
        else:
            window.close()
        got = page.wait_until("window.outcome")
        assert (got["name"], got["code"]) == ("refusedByUser", -10), (way, got)
    got = outcome(page, f"{hostile.url}/fine")
    assert (got["name"], got["code"]) == ("throttled", -10), got
    assert world.leftovers() == []
