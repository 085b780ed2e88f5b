"""The screen of a real machine in a window of the extension: seen, typed into, and gone with the machine."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.browser.conftest import picture
from tests.drivers.browser import Browser, Page, wait_for
from tests.lab.console import Reader, console_iso
from tests.lab.world import World

pytestmark = pytest.mark.browser
SHOWN = "document.getElementById('picture')"
PANGRAM = "the quick brown fox jumps over the lazy dog 0123456789"
STATE = "document.getElementById('state').innerText"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A world whose machines boot to a prompt."""
    with World(console_iso()) as made:
        yield made


def seen(window: Page) -> bytes:
    """What the window shows."""
    return base64.b64decode(window.evaluate(f"{SHOWN}.toDataURL('image/png').split(',')[1]"))


def shown(browser: Browser, page: Page) -> Page:
    page.evaluate("mine.openRDPWindow().then(() => 1)")
    window = browser.wait_for_window("screen.html")
    window.wait_until(f"{SHOWN}.dataset.picture")
    return window


def prompt(window: Page) -> Reader:
    """Who can read the screen, once the machine has come to its prompt."""
    return wait_for(lambda: Reader.learn(seen(window)), "the prompt", 120)


@pytest.mark.timeout(400)
def test_a_page_opens_the_screen_and_the_user_types(browser: Browser, world: World, page: Page) -> None:
    url = f"{world.vmcp}?name=screen-{browser.name}&memory=64&disk=0"
    begin(page, request_session(url) + ".then((session) => session.start())")
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("void (sizes = [], mine.addEventListener('resolutionChanged', (...size) => sizes.push(size)))")
    window = shown(browser, page)
    assert window.text("h1") == f"screen-{browser.name} · {world.site.split('/')[2].split(':')[0]}"
    reader = prompt(window)
    window.click("#screen")
    window.wait_until("document.querySelector('#screen.typing')")
    for key in PANGRAM:
        # As fast as it can be typed, in order.
        window.press(key, at_once=True)
    window.chord("Shift", "w")
    window.press("F1")
    wait_for(lambda: "FIRST PAGE" in reader.text(seen(window)), "what F1 shows", 60)
    wait_for(lambda: f"boot: {PANGRAM}W" in reader.text(seen(window)), "what was typed", 60)
    picture(window, f"screen-{browser.name}")
    window.chord("Control", "Alt")
    window.close()
    wait_for(lambda: browser.find_window("screen.html") is None, "the window to go")
    window = shown(browser, page)
    window.click("#type")
    window.evaluate("void (document.getElementById('text').value = ' AGAIN_42')")
    window.click("#send")
    wait_for(lambda: f"boot: {PANGRAM}W AGAIN_42" in reader.text(seen(window)), "the text", 60)

    page.evaluate("mine.pause().then(() => 1)")
    window.wait_until(f"{STATE}.includes('paused')")
    page.evaluate("mine.stop().then(() => 1)")
    window.wait_until(f"{STATE}.includes('is off') && {SHOWN}.hidden")
    picture(window, f"screen-off-{browser.name}")
    page.evaluate("mine.start().then(() => 1)")
    window.wait_until(f"{STATE} === '' && !{SHOWN}.hidden")
    page.wait_until("sizes.some(([width, height, bits]) => width === 720 && height === 400 && bits === 0)")
    window.click("#secure")
    prompt(window)

    page.evaluate("mine.close().then(() => 1)")
    window.wait_closed()
    assert failure(page, "mine.openRDPWindow()")["name"] == "no error", "a machine that may be made again"
    browser.wait_for_window("screen.html").close()
    assert world.leftovers() == []
