"""Pages that mean harm, against the real extension and the real host: refused, and everybody else goes on working.

What needs no machine (floods, frames, forged events, other origins) is in tests/extension/, with a double of the host.
"""

from __future__ import annotations

import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.lab.world import World

pytestmark = pytest.mark.browser
DEEP = "JSON.parse('['.repeat(10000) + ']'.repeat(10000))"


def opened(browser: Browser, world: World, page: Page, name: str) -> None:
    """The page has a session: `mine`."""
    begin(page, request_session(f"{world.vmcp}?name={name}-{browser.name}&memory=64&disk=0"))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("void (window.own = mine)")


def still_works(page: Page) -> None:
    assert page.evaluate("own.sync().then((mine) => mine.state)") == 0


@pytest.mark.timeout(180)
def test_monstrous_messages(browser: Browser, world: World, page: Page) -> None:
    opened(browser, world, page, "monster")
    other = browser.open(world.site)
    for call, name in (
        (f"own.setAsync('flags', {DEEP})", "badMessage"),
        ("own.setAsync('flags', 'x'.repeat(100e6))", "badMessage"),
        ("own.setProperty('a', 'x'.repeat(100e6))", "badMessage"),
        ("own.setProperty('x'.repeat(300), 'a')", "badValue"),
        ("own.setProperty('a', 'x'.repeat(900000))", "badValue"),
        ("own.start(Object.fromEntries([...Array(1000).keys()].map((key) => ['k' + key, 'v'])))", "badValue"),
        ("CVM.connect().then((plugin) => plugin.requestSession('file:///etc/passwd'))", "vmcpAddress"),
        ("own.setAsync('flags', 1n)", "badMessage"),
    ):
        got = failure(page, call)
        assert got["name"] == name, (call[:80], got)
    # Firefox calls no text a URL that is longer than 1 MB.
    got = failure(
        page, "CVM.connect().then((plugin) => plugin.requestSession('https://a.example/?' + 'x'.repeat(100e6)))"
    )
    assert got["name"] in ("badMessage", "vmcpAddress"), got
    still_works(page)
    assert other.evaluate("CVM.connect().then((plugin) => plugin.version)")
    other.close()
    page.evaluate("own.close().then(() => 1)")


def test_keys_that_are_names_of_the_language(browser: Browser, world: World, page: Page) -> None:
    opened(browser, world, page, "proto")
    for key in ("__proto__", "constructor", "toString", "hasOwnProperty"):
        page.evaluate(f"own.setProperty({key!r}, 'polluted').then(() => 1)")
        assert page.evaluate(f"own.getProperty({key!r})") == "polluted"
    assert page.evaluate("[{}.polluted, own.state, typeof {}.toString]") == [None, 0, "function"]
    for name in ("__proto__", "constructor", "prototype"):
        assert failure(page, f"own.getAsync({name!r})")["name"] == "settingUnknown"
        assert failure(page, f"own.setAsync({name!r}, 1)")["name"] == "settingUnknown"
    begin(page, """own.start(JSON.parse('{"__proto__": "a", "constructor": "b"}')).then(() => own.close())""")
    assert outcome(page, 90)["name"] == "no error"
    assert world.leftovers() == []


@pytest.mark.timeout(120)
def test_a_flood_of_questions(browser: Browser, world: World, page: Page) -> None:
    world.forget_refusals()
    other = browser.open(world.site.replace("127.0.0.1", "localhost"))
    page.evaluate(
        f"""void (told = [], CVM.connect().then((plugin) => {{
            for (let count = 0; count < 10; count++)
                plugin.requestSession("{world.vmcp}?memory=64&disk=0&name=flood" + count)
                    .then(() => "opened", ({{name}}) => name).then((name) => told.push(name));
        }}))"""
    )
    page.wait_until("told.length === 7")
    assert set(page.evaluate("told")) == {"tooManyQuestions"}
    # Another website's page asks in its turn.
    begin(other, request_session(f"{world.vmcp.replace('127.0.0.1', 'localhost')}?name=calm&memory=64&disk=0"))
    decide(browser, "#deny")
    decide(browser, "#deny")
    # Two refusals within seconds: the third is not even shown.
    page.wait_until("told.length === 10")
    assert sorted(page.evaluate("told.slice(7)")) == ["refusedByUser", "refusedByUser", "throttled"]
    window = browser.wait_for_window("confirm.html")
    window.wait_until("document.querySelector('h1')?.innerText.includes('localhost')")
    decide(browser, "#allow")
    assert outcome(other)["name"] == "no error"
    other.evaluate("mine.close().then(() => 1)")
    other.close()
    world.forget_refusals()
