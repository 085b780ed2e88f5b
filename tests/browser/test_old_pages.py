"""Pages as they are in the field since 2015, unchanged, in both browsers: docs/websites.md says what they do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import __version__

from tests.browser.calls import decide
from tests.drivers.browser import Browser, Page
from tests.lab.hostile import HostileServer
from tests.lab.world import World, blank_iso

pytestmark = pytest.mark.browser
PAGES = Path(__file__).parent / "old_pages"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Its site is the old page."""
    site = tmp_path_factory.mktemp("old") / "site"
    shutil.copytree(PAGES, site)
    with World(blank_iso(), site) as made:
        yield made


@pytest.fixture(scope="module")
def endpoint(world: World) -> Iterator[HostileServer]:
    server = HostileServer(world.site_key)
    yield server
    server.close()


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    opened = browser.open(world.site)
    opened.wait_until("window.ready")
    yield opened
    opened.close()


def allowed(browser: Browser, page: Page, url: str) -> None:
    """The page requests a session, and the user agrees if asked."""
    page.evaluate(f"request({url!r})")
    decide(browser, "#allow")
    assert page.wait_until("result") == "ok"


def names(page: Page) -> list[str]:
    events: list[list[Any]] = page.evaluate("log")
    return [event[0] for event in events]


def test_the_old_script_changes_nothing(page: Page) -> None:
    assert page.evaluate("first") == "object", "CVM is there before the page's first script"
    assert page.evaluate("CVM.version") == __version__
    assert page.evaluate("window.oldSocketUsed === undefined")
    assert page.evaluate("ready") == "complete", "startCVMWebAPI waits for the page to be loaded"


@pytest.mark.timeout(300)
def test_a_session_from_request_to_close(browser: Browser, world: World, page: Page) -> None:
    allowed(browser, page, f"{world.vmcp}?name=old-{browser.name}&memory=64&disk=64&canOverride=executionCap,flags")
    first = names(page)
    assert first[0] == "plugin started" and first[-1] == "plugin completed" and "plugin failed" not in first
    assert page.evaluate("atOnce") == [0, "missing", 1, 64, 64, 100, "latest", "prod", "", False, "", "", True, 1, ""]

    # Twice, as impatient visitors click.
    page.evaluate("void (log.length = 0, session.start({a: 1}), session.start({a: 1}))")
    page.wait_until("session.state === 5", 60)
    page.wait_until("log.some(([name]) => name === 'completed')")
    events = names(page)
    assert events.index("started") < events.index("stateChanged") < events.index("completed")
    assert [event for event in page.evaluate("log") if event[0] == "stateChanged"] == [
        ["stateChanged", 2],
        ["stateChanged", 5],
    ]
    fractions = [event[2] for event in page.evaluate("log") if event[0] == "progress"]
    assert fractions == sorted(fractions) and 0 <= fractions[0] <= fractions[-1] <= 1
    assert page.evaluate("session.apiURL").startswith("http://127.0.0.1:") and page.evaluate("session.ip")

    for call, state in (("pause", 4), ("resume", 5), ("hibernate", 3), ("start", 5), ("reset", 5), ("stop", 2)):
        page.evaluate(f"session.{call}().then(() => 1)")
        page.wait_until(f"session.state === {state}", 60)
    page.evaluate("session.sync().then(() => session.close()).then(() => 1)")
    page.wait_until("session.state === 0", 60)
    assert [event for event in page.evaluate("log") if event[0] == "failed"] == []
    assert world.leftovers() == []


@pytest.mark.timeout(120)
def test_settings_flags_and_properties(browser: Browser, world: World, page: Page) -> None:
    allowed(
        browser,
        page,
        f"{world.vmcp}?name=settings-{browser.name}&memory=64&disk=64&flags=9&canOverride=executionCap,flags,version",
    )
    get = "new Promise((done) => session.getAsync({!r}, done))"
    values = {"executionCap": 100, "version": "latest", "flavor": "prod", "diskURL": "", "diskChecksum": "", "flags": 9}
    for name, value in values.items():
        assert page.evaluate(get.format(name)) == value, name
    page.evaluate("void (session.executionCap = 80)")
    assert page.evaluate("session.executionCap") == 80
    assert page.evaluate("new Promise((done) => session.setAsync('executionCap', 70, done))") == 70
    assert page.evaluate(get.format("executionCap")) == 70

    # By number, by object, by name.
    page.evaluate("void (session.flags = 1)")
    assert page.evaluate("[session.flags.value, session.flags.use64bit, session.flags.useFloppyIO]") == [1, True, False]
    page.evaluate("void (session.flags = {use64bit: true, useFloppyIO: true})")
    assert page.evaluate("session.flags.value") == 9
    page.evaluate("void (session.flags.useFloppyIO = false)")
    assert page.evaluate("session.flags.value") == 1
    assert page.evaluate(get.format("flags")) == 1

    page.evaluate("void (session.setProperty('job', 42), log.length = 0)")
    assert page.evaluate("[session.getProperty('job'), session.getProperty('toString')]") == ["42", ""]
    page.evaluate("void session.setAsync('color', 'red')")
    assert "color" in str(page.wait_until("log.find(([name]) => name === 'failed')"))
    page.evaluate("void (log.length = 0, session.getAsync('__proto__', () => { window.wrong = 1; }))")
    page.wait_until("log.find(([name]) => name === 'failed')")
    # One that the description does not let the page change: taken back.
    page.evaluate("void (session.flavor = 'devel')")
    page.wait_until("session.flavor === 'prod'")
    page.evaluate("void session.close()")


def test_listeners_before_and_after_and_removed(browser: Browser, world: World, page: Page) -> None:
    allowed(browser, page, f"{world.vmcp}?name=listeners-{browser.name}&memory=64&disk=0")
    page.evaluate(
        """void (window.heard = [],
            window.one = (state) => heard.push(["one", state]), window.two = (state) => heard.push(["two", state]),
            session.addEventListener("stateChanged", () => { throw new Error("a fault of the page"); }),
            session.addEventListener("stateChanged", one), session.addEventListener("stateChanged", two),
            session.removeEventListener("stateChanged", one), session.removeEventListener("stateChanged", () => {}),
            session.start())"""
    )
    page.wait_until("session.state === 5", 60)
    page.evaluate("void session.addEventListener('stateChanged', one)")
    page.evaluate("void session.close()")
    page.wait_until("session.state === 0", 60)
    page.wait_until("heard.filter(([who]) => who === 'one').length >= 2")
    assert page.evaluate("heard") == [
        ["two", 2], ["two", 5], ["two", 2], ["one", 2], ["two", 0], ["one", 0]
    ]  # fmt: skip


def test_two_sessions_and_one_get_for_each_request(
    browser: Browser, world: World, page: Page, endpoint: HostileServer
) -> None:
    """The endpoint answers each tag once only, as those do that hand out one-time tags."""
    before = endpoint.requests
    allowed(browser, page, f"{endpoint.url}/fine")
    page.evaluate("void (window.firstSession = session)")
    allowed(browser, page, f"{world.vmcp}?name=second-{browser.name}&memory=64&disk=0")
    assert page.evaluate("firstSession !== session && firstSession.memory === 64")
    page.evaluate(f"request({endpoint.url + '/fine'!r})")
    assert page.wait_until("result") == "ok"
    assert page.evaluate("firstSession === session"), "the same session, the same object"
    assert endpoint.requests - before == 2
    page.evaluate("firstSession.close().then(() => 1)")
    # Coming back to the window asks the host, never the website.
    page.evaluate("void dispatchEvent(new Event('focus'))")
    page.evaluate("plugin.syncSessions().then(() => 1)")
    assert endpoint.requests - before == 2


def test_failures_reach_the_callback_and_the_plugin(page: Page, endpoint: HostileServer) -> None:
    page.evaluate(f"request({endpoint.url + '/unsigned'!r})")
    message, code = page.wait_until("result")
    assert code == -99 and message
    assert ["plugin failed", message] in page.evaluate("log")
