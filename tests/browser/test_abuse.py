"""Pages that mean harm, against the real extension and the real host: refused, and everybody else goes on working.

What needs no machine (floods, frames, forged events, other origins) is in tests/extension/, with a double of the host.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.drivers.chromium import ChromiumPage
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


def raw(page: ChromiumPage, message: Any) -> dict[str, Any]:
    """What the background answers to a message that a relay would never send."""
    got: dict[str, Any] = page.evaluate_as_relay(
        f"""new Promise((resolve) => {{
            const port = chrome.runtime.connect({{name: "page"}});
            port.onMessage.addListener((answer) => {{ resolve(answer); port.disconnect(); }});
            port.postMessage({json.dumps(message)});
        }})"""
    )
    return got


@pytest.mark.timeout(120)
def test_a_page_that_has_broken_into_the_world_of_the_relay(world: World) -> None:
    """Only Chromium's control lets a test run code there. The background and the host must not believe it either."""
    with world.browser("chromium") as browser:
        victim = browser.open(world.site.replace("127.0.0.1", "localhost"))
        begin(victim, request_session(f"{world.vmcp}?name=victim&memory=64&disk=0"))
        decide(browser, "#allow")
        assert outcome(victim)["name"] == "no error"
        data = world.data_folder / "ledger.sqlite"
        with sqlite3.connect(data) as ledger:
            (number,) = ledger.execute("SELECT id FROM session WHERE name = 'victim'").fetchone()

        page = browser.open(world.site)
        assert isinstance(page, ChromiumPage)
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
            "screenRemote",
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
            page.evaluate_as_relay(
                f"""Promise.race([chrome.runtime.sendMessage({{type: {text!r}, question: {question!r}, yes: true}}),
                    new Promise((resolve) => setTimeout(resolve, 1000))]).then(() => 1, () => 1)"""
            )
        assert page.evaluate("window.outcome") is None, "still waiting for the user"
        decide(browser, "#deny")
        assert outcome(page)["name"] == "refusedByUser"
        assert victim.evaluate("mine.close().then((closed) => closed.state)") == 0
    assert world.leftovers() == []
