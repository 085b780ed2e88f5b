"""The window that shows a machine's screen, in both browsers, with a double of the host that draws stripes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.browser.calls import failure
from tests.drivers.browser import Page, wait_for
from tests.drivers.chromium import ChromiumPage
from tests.extension.conftest import Stage
from tests.extension.test_extension_with_echo_host import request as ask_for
from tests.extension.test_modern_api_with_echo_host import emit

pytestmark = pytest.mark.browser
SHOWN = "document.getElementById('picture').dataset.picture"
TYPING = "document.getElementById('screen').classList.contains('typing')"
WINDOWS = "screen.html?session="


def asked(page: Page, name: str) -> None:
    """The page has a session of that name."""
    ask_for(page, f"name={name}")
    page.wait_until("outcome === 'opened'")


def window_of(stage: Stage, page: Page, name: str) -> Page:
    page.evaluate("session.openRDPWindow().then((same) => same === session)")
    window = stage.browser.wait_for_window(WINDOWS + name)
    window.wait_until(SHOWN)
    return window


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A session of each test's own: none is opened too often."""
    return str(request.node.originalname)


@pytest.fixture
def window(stage: Stage, page: Page, name: str) -> Iterator[Page]:
    """The window of a machine that runs, after the time in which it takes no keyboard."""
    (stage.folder / "screen").write_text("5")
    asked(page, name)
    opened = window_of(stage, page, name)
    opened.wait_until("document.getElementById('screen').ariaDisabled === 'false'")
    yield opened
    if not opened.closed:
        opened.close()
    gone(stage, name)


class Lasting(NamedTuple):
    """What tests use that leave the window as it was."""

    page: Page
    window: Page


@pytest.fixture(scope="module")
def lasting(stage: Stage, site: str) -> Iterator[Lasting]:
    """A page, and the window of its machine, which runs."""
    (stage.folder / "screen").write_text("5")
    page = stage.browser.open(site + "/lasting")
    asked(page, "lasting")
    window = window_of(stage, page, "lasting")
    window.wait_until("document.getElementById('screen').ariaDisabled === 'false'")
    yield Lasting(page, window)
    window.close()
    page.close()


def gone(stage: Stage, name: str) -> None:
    wait_for(lambda: stage.browser.find_window(WINDOWS + name) is None, "the window to go")


def looks(stage: Stage, session: str = "lasting") -> int:
    """How many pictures of a machine were asked for so far."""
    return sum(each["params"]["session"] == session for each in stage.received("screenPicture"))


def codes(stage: Stage) -> list[int]:
    """All that the host was sent so far."""
    requests = stage.received("screenKeys")
    assert all(each["caller"] == {"kind": "extension"} for each in requests)
    return [code for each in requests for code in each["params"]["codes"]]


def test_a_flood_of_calls_opens_one_window(stage: Stage, page: Page, window: Page, name: str) -> None:
    assert (
        page.evaluate("Promise.all(Array.from({length: 50}, () => session.openRDPWindow())).then((all) => all.length)")
        == 50
    )
    assert len([each for each in stage.browser.pages() if WINDOWS + name in each.url]) == 1
    assert window.text("h1") == window.evaluate("document.title") == f"{name} · science.example.org"
    assert window.text("#state") == "" and window.evaluate("document.getElementById('trouble').hidden")


def test_a_window_that_the_user_closes_is_not_opened_for_ever(stage: Stage, page: Page) -> None:
    asked(page, "pest")
    for _ in range(5):
        window_of(stage, page, "pest").close()
        gone(stage, "pest")
        page.wait_until("new Promise((done) => setTimeout(done, 200, true))")
    assert failure(page, "session.openRDPWindow()")["name"] == "tooManyRequests"
    assert stage.browser.find_window(WINDOWS + "pest") is None
    assert page.evaluate("session.sync().then((mine) => mine.name)") == "pest", "all else goes on"


def test_the_keyboard_is_taken_by_a_click_and_given_back(stage: Stage, lasting: Lasting) -> None:
    window = lasting.window
    before = len(codes(stage))
    window.press("a")
    window.click("#screen")
    window.wait_until(TYPING)
    assert "press Ctrl and Alt" in window.text("#keys")
    for keys in (("a",), ("Shift", "b"), ("Control", "c"), ("Tab",), ("Escape",), ("ArrowUp",), ("F1",)):
        window.chord(*keys)
    expected = [
        0x1E, 0x9E, 0x2A, 0x30, 0xB0, 0xAA, 0x1D, 0x2E, 0xAE, 0x9D, 0x0F, 0x8F, 0x01, 0x81, 0xE0, 0x48, 0xE0, 0xC8,
        0x3B, 0xBB,
    ]  # fmt: skip
    wait_for(lambda: len(codes(stage)) - before >= len(expected), "the keys")
    assert codes(stage)[before:] == expected, "in order, and nothing of what came before the click"
    window.chord("Control", "Alt")
    window.wait_until(f"!({TYPING})")
    wait_for(lambda: codes(stage)[-4:] == [0x1D, 0x38, 0xB8, 0x9D], "the two to be let go")
    window.press("Tab")
    window.press("b")
    assert window.evaluate("document.activeElement.id") != "screen", "the tab key moves on again"
    assert codes(stage)[-4:] == [0x1D, 0x38, 0xB8, 0x9D]


def test_the_keyboard_alone_gets_in_and_out(stage: Stage, lasting: Lasting) -> None:
    window = lasting.window
    for _ in range(20):
        window.press("Tab")
        if window.evaluate("document.activeElement.id") == "screen":
            break
    before = len(codes(stage))
    # Firefox gives the window the focus with the first of these keys: half a second later an Enter counts.
    window.evaluate("new Promise((done) => setTimeout(done, 800))")
    window.press("Enter")
    window.wait_until(TYPING)
    window.chord("Control", "Alt", "x")
    wait_for(lambda: len(codes(stage)) - before == 6, "the keys")
    assert window.evaluate(TYPING), "with another key it is the machine's"
    window.chord("Control", "Alt")
    window.wait_until(f"!({TYPING})")
    assert 0x1C not in codes(stage)[before:], "the Enter that began it is not the machine's"


def test_no_key_stays_pressed_when_something_else_gets_the_focus(stage: Stage, lasting: Lasting) -> None:
    window = lasting.window
    window.click("#screen")
    window.wait_until(TYPING)
    before = len(codes(stage))
    move = "() => setTimeout(() => document.getElementById('actual').focus())"
    window.evaluate(f"void addEventListener('keydown', {move}, {{capture: true, once: true}})")
    window.chord("Shift")
    window.wait_until(f"!({TYPING})")
    wait_for(lambda: codes(stage)[before:] == [0x2A, 0xAA], "the shift key to be let go")


def test_no_key_stays_pressed_when_the_window_is_closed(stage: Stage, window: Page) -> None:
    window.click("#screen")
    window.wait_until(TYPING)
    before = len(codes(stage))
    window.chord("Control", "x")
    window.close()
    wait_for(lambda: {0x9D, 0xAA, 0xB6, 0xB8} <= set(codes(stage)[before:][-14:]), "all modifiers to be let go")


def test_a_text_is_typed_key_by_key(stage: Stage, lasting: Lasting) -> None:
    window = lasting.window
    before = len(codes(stage))
    window.click("#type")
    window.evaluate("void (document.getElementById('text').value = 'Aé')")
    window.click("#send")
    window.wait_until("!document.getElementById('missing').hidden")
    assert "é" in window.text("#missing") and len(codes(stage)) == before
    window.evaluate(f"void (document.getElementById('text').value = '{'Ab ' * 100}')")
    window.click("#send")
    window.wait_until("!document.getElementById('typing').open")
    wait_for(lambda: len(codes(stage)) - before == 800, "the text")
    assert codes(stage)[before:] == [0x2A, 0x1E, 0x9E, 0xAA, 0x30, 0xB0, 0x39, 0xB9] * 100
    assert all(len(each["params"]["codes"]) <= 128 for each in stage.received("screenKeys"))
    assert window.evaluate("document.getElementById('text').value") == "", "it may have been a password"
    before = len(codes(stage))
    window.click("#secure")
    wait_for(lambda: codes(stage)[before:] == [0x1D, 0x38, 0xE0, 0x53, 0xE0, 0xD3, 0xB8, 0x9D], "Ctrl + Alt + Del")


def hide(window: Page, how: str) -> None:
    """As if the window were covered, or shown again: browsers without a display never do that."""
    shown = f"Object.defineProperty(document, 'visibilityState', {{configurable: true, get: () => '{how}'}})"
    window.evaluate(f"void ({shown}, document.dispatchEvent(new Event('visibilitychange')))")


def test_nobody_looks_while_the_window_is_hidden(stage: Stage, lasting: Lasting) -> None:
    window = lasting.window
    hide(window, "hidden")
    window.evaluate("new Promise((done) => setTimeout(done, 500))")
    before = looks(stage)
    window.evaluate("new Promise((done) => setTimeout(done, 2500))")
    assert looks(stage) == before
    hide(window, "visible")
    wait_for(lambda: looks(stage) > before + 1, "looking to go on")


def test_it_says_what_the_machine_is_about_and_goes_on_by_itself(stage: Stage, lasting: Lasting) -> None:
    page, window = lasting
    told: dict[str, Any] = {"2": "is off", "4": "is paused", "3": "is saved"}
    for state, words in told.items():
        (stage.folder / "screen").write_text(state)
        page.evaluate(f"{emit(['stateChanged', int(state)])}.then(() => 1)")
        window.wait_until(f"document.getElementById('state').innerText.includes('{words}')")
        window.click("#screen")
        assert not window.evaluate(TYPING)
    (stage.folder / "screen").write_text("hypervisorFailed")
    page.evaluate(f"{emit(['stateChanged', 5])}.then(() => 1)")
    window.wait_until("document.getElementById('trouble').innerText.includes('no memory')")
    (stage.folder / "screen").write_text("5")
    window.wait_until("document.getElementById('trouble').hidden")
    window.wait_until(f"document.getElementById('state').innerText === '' && {SHOWN}")


def test_it_goes_when_the_machine_is_removed(stage: Stage, page: Page, window: Page, name: str) -> None:
    page.evaluate(f"{emit(['stateChanged', 0])}.then(() => 1)")
    window.wait_closed()
    assert window_of(stage, page, name), "and comes again when the page asks for it"
    page.evaluate(f"{emit(['stateChanged', 0])}.then(() => 1)")


def test_a_page_gets_no_picture_and_presses_no_key(stage: Stage, lasting: Lasting) -> None:
    page, window = lasting
    assert window.evaluate(SHOWN)
    page.evaluate(
        """void (seen = [], ['chunk', 'vars', 'screenPicture'].forEach(
            (name) => session.addEventListener(name, (...it) => seen.push(it))))"""
    )
    before = looks(stage)
    wait_for(lambda: looks(stage) > before + 1, "pictures")
    assert page.evaluate("seen.length") == 0


def test_rdp_is_turned_on_shown_and_turned_off(stage: Stage, lasting: Lasting) -> None:
    window = lasting.window
    window.wait_until("!document.getElementById('rdp').hidden")
    assert all(each["params"]["on"] is None for each in stage.received("screenRemote")), "not unless the user wants it"
    window.click("#rdp")
    assert window.evaluate("document.getElementById('rdp-fields').hidden")
    (stage.folder / "rdp").write_text("remoteUnsafe")
    window.click("#rdp-switch")
    window.wait_until("document.getElementById('rdp-trouble').innerText.includes('listen on ::')")
    (stage.folder / "rdp").unlink()
    window.click("#rdp-switch")
    window.wait_until("!document.getElementById('rdp-fields').hidden")
    shown = "['url', 'user', 'password'].map((field) => document.getElementById('rdp-' + field).innerText)"
    assert window.evaluate(shown) == ["127.0.0.1:50123", "cernvm", "Xk3_pQz-71aBcdEf"]
    window.click("#rdp-copy-password")
    window.wait_until("document.getElementById('rdp-said').innerText === 'Copied.'")
    window.click("#rdp-switch")
    window.wait_until("document.getElementById('rdp-fields').hidden")
    window.press("Escape")
    window.wait_until("!document.getElementById('rdp-access').open")


def test_it_comes_back_after_the_host_was_lost(stage: Stage, lasting: Lasting, site: str) -> None:
    window = lasting.window
    other = stage.browser.open(site + "/other")
    ask_for(other, "crash")
    other.wait_until("outcome")
    other.close()
    before = looks(stage)
    wait_for(lambda: looks(stage) > before + 1, "pictures of the next host")
    window.wait_until("document.getElementById('trouble').hidden")


def test_a_background_that_starts_anew_finds_its_windows(stage: Stage, page: Page, window: Page, name: str) -> None:
    if not isinstance(window, ChromiumPage):
        # Only Chromium's control stops a background. Firefox's own page for that is out of reach of tests.
        return
    hide(window, "hidden")
    window.stop_background()
    page.wait_until("session.openRDPWindow().then(() => true, () => false)")
    assert len([each for each in stage.browser.pages() if WINDOWS + name in each.url]) == 1
    hide(window, "visible")
    before = looks(stage, name)
    wait_for(lambda: looks(stage, name) > before + 1, "pictures by way of the next background")
    page.wait_until("session.openRDPWindow().then(() => true, () => false)")
    assert len([each for each in stage.browser.pages() if WINDOWS + name in each.url]) == 1
    page.evaluate(f"{emit(['stateChanged', 0])}.then(() => 1)")
    window.wait_closed()
