"""Every window in each state: axe-core finds nothing, nothing is cut off; pictures are in .test-output/windows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests import drivers
from tests.drivers.browser import Page
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.test_extension_with_echo_host import armed_window, request
from tests.extension.windows import long_texts, picture, violations

pytestmark = pytest.mark.browser
LOOKS = {"light": (False, "en-US"), "dark": (True, "en-US"), "long": (False, "de")}
CONFIRM = {
    "new": "ask",
    "lower": "ask&least=1,512,1024",
    "more": "ask&reason=more&approved",
    "unknown": "ask&trust=other&flags=33&least=1,512,1024&domain=a-very-long-name.of-a-project.university.example",
}
#: CSS pixels that are left of the window, and of a small laptop's tab, at a zoom of 200 %.
ZOOMED = (260, 350)
ZOOMED_TAB = (640, 360)


@pytest.fixture(scope="module", params=[(name, look) for name in drivers.NAMES for look in LOOKS], ids="-".join)
def looked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    name, look = request.param
    dark, lang = LOOKS[look]
    folder = tmp_path_factory.mktemp(f"{name}-{look}")
    extension = long_texts(EXTENSION, folder) if look == "long" else EXTENSION
    made = Stage(name, folder / "stage", dark, extension, lang)
    with made.browser:
        yield made, f"{name}-{look}"


def _stays_reachable(window: Page, selector: str) -> None:
    """Whether all of it can be scrolled to and seen."""
    inside = f"""((it) => {{ it.scrollIntoView({{block: 'center'}}); const box = it.getBoundingClientRect();
        return box.left >= 0 && box.right <= innerWidth + 1 && box.height > 0
          && it.scrollWidth <= it.clientWidth + 1; }})(document.querySelector('{selector}'))"""
    assert window.evaluate(inside), selector


def _stays_in_reach(window: Page, selector: str) -> None:
    """As `_stays_reachable`, for what scrolls by itself."""
    inside = f"""((it) => {{ it.scrollIntoView({{block: 'center'}}); const box = it.getBoundingClientRect();
        return box.left >= 0 && box.right <= innerWidth + 1 && box.height > 0
          && box.bottom > 0 && box.top < innerHeight;
        }})(document.querySelector('{selector}'))"""
    assert window.evaluate(inside), selector


def test_confirmation(looked: tuple[Stage, str], site: str) -> None:
    stage, look = looked
    page = stage.browser.open(site + "/look")
    for state, query in CONFIRM.items():
        request(page, query)
        window = armed_window(stage)
        assert violations(window) == [], f"{look} {state}"
        picture(window, "confirm", look, state)
        if state == "unknown":
            window.resize(*ZOOMED)
            picture(window, "confirm", look, state, "zoomed")
            for button in ("deny", "allow", "never", "always"):
                _stays_reachable(window, f"#{button}")
        window.press("Escape")
        page.wait_until("outcome")
        window.wait_closed()
    page.close()


def test_options(looked: tuple[Stage, str]) -> None:
    stage, look = looked
    page = stage.browser.open(stage.browser.extension_url("windows/options/options.html"))
    page.wait_until("document.body.dataset.ready")
    page.click("#diagnose")
    page.wait_until("document.querySelectorAll('#checks li').length === 2")
    assert violations(page) == [], look
    picture(page, "options", look)
    page.resize(*ZOOMED_TAB)
    picture(page, "options", look, "zoomed")
    page.click("#sites > li:first-child button:last-child")
    assert violations(page) == [], f"{look} question"
    picture(page, "options", look, "sure")
    page.close()


def test_machines(looked: tuple[Stage, str]) -> None:
    stage, look = looked
    page = stage.browser.open(stage.browser.extension_url("windows/machines/machines.html"))
    page.wait_until("document.querySelectorAll('.machine').length === 2")
    assert violations(page) == [], look
    picture(page, "machines", look)
    page.click(".machine button[data-verb=close]")
    page.wait_until("document.activeElement.dataset.verb === 'keep'")
    assert violations(page) == [], f"{look} question"
    page.resize(*ZOOMED)
    picture(page, "machines", look, "sure", "zoomed")
    _stays_reachable(page, ".remove button[data-verb=remove]")
    page.close()


def test_first_run(looked: tuple[Stage, str]) -> None:
    stage, look = looked
    for state in ("virtualbox", ""):
        (stage.folder / "doctor").write_text(state)
        page = stage.browser.open(stage.browser.extension_url("windows/welcome/welcome.html"))
        page.wait_until("document.querySelectorAll('.step.ok').length >= 1")
        assert violations(page) == [], f"{look} {state}"
        page.resize(*ZOOMED_TAB)
        picture(page, "first-run", look, state or "ready", "zoomed")
        page.close()


def test_installation(looked: tuple[Stage, str], site: str) -> None:
    stage, look = looked
    page = stage.browser.open(site + "/look")
    for way in ("package", "download", "manual", "remedy"):
        request(page, f"install={way}")
        window = stage.browser.wait_for_window("remedy.html" if way == "remedy" else "install.html")
        window.wait_until("document.getElementById('allow').getAttribute('aria-disabled') === 'false'")
        assert violations(window) == [], f"{look} {way}"
        picture(window, "install", look, way)
        window.resize(*ZOOMED)
        picture(window, "install", look, way, "zoomed")
        for button in ("deny", "allow"):
            _stays_reachable(window, f"#{button}")
        window.press("Escape")
        page.wait_until("outcome")
        window.wait_closed()
    page.close()


def test_screen(looked: tuple[Stage, str], site: str) -> None:
    stage, look = looked
    page = stage.browser.open(site + "/look")
    request(page, "name=analysis")
    page.wait_until("outcome === 'opened'")
    (stage.folder / "screen").write_text("5")
    page.evaluate("session.openRDPWindow().then(() => 1)")
    window = stage.browser.wait_for_window("screen.html")
    window.wait_until("document.getElementById('picture').dataset.picture")
    window.wait_until("document.getElementById('screen').ariaDisabled === 'false'")
    assert violations(window) == [], look
    picture(window, "screen", look)
    window.click("#screen")
    window.wait_until("document.querySelector('#screen.typing')")
    assert violations(window) == [], f"{look} typing"
    picture(window, "screen", look, "typing")
    window.click("#type")
    assert violations(window) == [], f"{look} text"
    picture(window, "screen", look, "text")
    window.click("#cancel")
    window.click("#rdp")
    window.click("#rdp-switch")
    window.wait_until("!document.getElementById('rdp-fields').hidden")
    assert violations(window) == [], f"{look} RDP"
    picture(window, "screen", look, "rdp")
    window.click("#rdp-switch")
    window.wait_until("document.getElementById('rdp-fields').hidden")
    window.click("#rdp-close")
    (stage.folder / "screen").write_text("hypervisorFailed")
    window.wait_until("!document.getElementById('trouble').hidden")
    assert violations(window) == [], f"{look} trouble"
    (stage.folder / "screen").write_text("4")
    window.wait_until("document.getElementById('trouble').hidden")
    assert violations(window) == [], f"{look} paused"
    window.click("#actual")
    window.resize(*ZOOMED)
    picture(window, "screen", look, "paused", "zoomed")
    for part in ("#secure", "#type", "#actual", "#screen"):
        _stays_in_reach(window, part)
    window.close()
    page.close()


def test_nothing_moves_for_those_who_want_no_motion(looked: tuple[Stage, str]) -> None:
    stage, _ = looked
    page = stage.browser.open(stage.browser.extension_url("windows/confirm/confirm.css"))
    css = page.evaluate("document.body.innerText")
    still = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}", "", css, flags=re.S)
    assert "buttons" in css and not re.search("transition|animation", still)
    page.close()
