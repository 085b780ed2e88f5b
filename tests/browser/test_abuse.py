"""Pages that mean harm, against the real extension and the real host: refused, and everybody else goes on working.

What needs no machine (floods, frames, forged events, other origins) is in tests/extension/, with a double of the host.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.drivers import NAMES
from tests.drivers.browser import Browser, Page
from tests.drivers.hole import extension_with_hole, through_hole
from tests.lab.world import EXTENSION, World

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


def raw(page: Page, message: Any) -> dict[str, Any]:
    """What the background answers to a message that a relay would never send."""
    (got,) = through_hole(page, message)
    assert isinstance(got, dict)
    return got


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_has_broken_into_the_world_of_the_relay(world: World, name: str, tmp_path: Path) -> None:
    """The background and the host must not believe it either."""
    with world.browser(name, extension=extension_with_hole(EXTENSION, tmp_path)) as browser:
        world.forget_refusals()
        victim = browser.open(world.site.replace("127.0.0.1", "localhost"))
        begin(victim, request_session(f"{world.vmcp}?name=victim&memory=64&disk=0"))
        decide(browser, "#allow")
        assert outcome(victim)["name"] == "no error"
        data = world.data_folder / "ledger.sqlite"
        with sqlite3.connect(data) as ledger:
            (number,) = ledger.execute("SELECT id FROM session WHERE name = 'victim'").fetchone()

        page = browser.open(world.site)
        forged = {"kind": "page", "origin": world.site.replace("127.0.0.1", "localhost").rstrip("/"), "tab": 1}
        for action in ("start", "close", "sync", "getSetting", "fetch", "openRDPWindow"):
            got = raw(
                page, {"id": 1, "action": action, "params": {"session": number, "name": "flags"}, "caller": forged}
            )
            assert got["error"]["name"] == "sessionNotFound", (action, got)
        got = raw(page, {"id": 1, "action": "reopenSession", "params": {"session": number}, "caller": forged})
        assert got["error"]["name"] == "sessionNotFound", got
        for action in (
            "answerQuestion",
            "hello",
            "listSessions",
            "controlSession",
            "screenPicture",
            "screenKeys",
            "setSettings",
            "setSite",
            "diagnose",
        ):
            got = raw(page, {"id": 1, "action": action, "params": {"session": number, "verb": "close"}})
            assert got["error"]["name"] in ("notAllowed", "unknownAction"), (action, got)

        assert browser.find_window("screen.html") is None

        # A question is open: no message of a page's process answers it.
        begin(page, request_session(f"{world.vmcp}?name=forged&memory=64&disk=0"))
        window = browser.wait_for_window("confirm.html")
        question = window.evaluate("new URLSearchParams(location.search).get('question') ?? ''")
        for text in ("answer", "questionDetails"):
            assert through_hole(page, {"type": text, "question": question, "yes": True}, by="sendMessage") == [None]
        # Nor does it become one of the extension's windows.
        order = {"id": 2, "action": "listSessions", "params": {}}
        assert through_hole(page, order, by="window") == []
        assert page.evaluate("window.outcome") is None, "still waiting for the user"
        decide(browser, "#deny")
        assert outcome(page)["name"] == "refusedByUser"
        assert victim.evaluate("mine.close().then((closed) => closed.state)") == 0
    assert world.leftovers() == []


@pytest.mark.timeout(120)
def test_a_flood_of_questions(browser: Browser, world: World, page: Page) -> None:
    world.forget_refusals()
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
    other = browser.open(world.site.replace("127.0.0.1", "localhost"))
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
