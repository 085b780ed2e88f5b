"""A page that has broken into the world of the relay, against the real background and the real host."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.browser.calls import begin, decide, outcome, request_session
from tests.drivers import NAMES
from tests.drivers.browser import Page
from tests.drivers.hole import extension_with_hole, through_hole
from tests.lab.world import EXTENSION, World

pytestmark = pytest.mark.browser


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
@pytest.mark.parametrize("name", NAMES)
def test_the_channel_is_for_the_very_origin_that_opened_the_session(world: World, name: str, tmp_path: Path) -> None:
    """Not for a page of another port, though its domain is the same; not for a page that has not asked itself."""
    (world.folder / "served" / "port.html").write_text("<!doctype html><title>another port</title>")
    with world.browser(name, extension=extension_with_hole(EXTENSION, tmp_path)) as browser:
        world.forget_refusals()
        owner = browser.open(world.site)
        begin(owner, request_session(f"{world.vmcp}?name=own&memory=64&disk=0"))
        decide(browser, "#allow")
        assert outcome(owner)["name"] == "no error"
        with sqlite3.connect(world.data_folder / "ledger.sqlite") as ledger:
            (number,) = ledger.execute("SELECT id FROM session WHERE name = 'own'").fetchone()
        fetch = {"id": 1, "action": "fetch", "params": {"session": number, "path": "/", "length": 0}}
        reopen = {"id": 2, "action": "reopenSession", "params": {"session": number}}

        stranger = browser.open(f"{world.files}/port.html")
        for message in (fetch, reopen, {**fetch, "id": 3}):
            assert raw(stranger, message)["error"]["name"] == "sessionNotFound", message
        # The site's own page may have its session back, once it asks.
        sibling = browser.open(world.site)
        assert raw(sibling, fetch)["error"]["name"] == "sessionNotFound"
        assert raw(sibling, reopen)["result"]["session"] == number
        owner.evaluate("mine.close().then(() => 1)")
    assert world.leftovers() == []
