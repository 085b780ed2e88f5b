"""A question reaches the user wherever the browser is: in a kiosk, full screen, minimized, with no windows to open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import drivers
from tests.drivers.browser import Page
from tests.drivers.display import hidden_display
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.test_extension_with_echo_host import armed_window, request
from tests.extension.test_languages_with_echo_host import choose

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with hidden_display(1280, 1024) as made:
        yield made


@pytest.fixture(scope="module", params=drivers.NAMES)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, display: str) -> Iterator[Stage]:
    """A browser on a display."""
    made = Stage(request.param, tmp_path_factory.mktemp(request.param), display=display)
    with made.browser:
        yield made


def _asked_and_allowed(stage: Stage, page: Page) -> None:
    request(page, "ask")
    window = armed_window(stage)
    assert window.evaluate("[document.visibilityState, innerWidth > 300, innerHeight > 300]") == ["visible", True, True]
    window.click("#allow")
    assert page.wait_until("outcome") == "opened"
    window.wait_closed()


@pytest.mark.parametrize("name", drivers.NAMES)
def test_in_a_kiosk(name: str, tmp_path: Path, display: str, site: str) -> None:
    stage = Stage(name, tmp_path, display=display, arguments=["--kiosk"])
    with stage.browser:
        page = stage.browser.open(site + "/kiosk")
        _asked_and_allowed(stage, page)
        assert page.evaluate("document.visibilityState") == "visible"


def test_all_of_it_is_seen_in_a_language_that_needs_more_room(seen: Stage, site: str) -> None:
    options = choose(seen, "el")
    page = seen.browser.open(site + "/greek")
    request(page, "ask&trust=other&flags=33&least=1,512,1024&domain=a-long-name.of-a-project.university.example")
    window = armed_window(seen)
    window.wait_until("document.documentElement.scrollHeight <= innerHeight")
    window.press("Escape")
    page.wait_until("outcome")
    options.evaluate("chrome.storage.local.remove(['language', 'translation']).then(() => 1)")
    options.close()
    page.close()


def test_over_a_full_screen(seen: Stage, site: str) -> None:
    page = seen.browser.open(site + "/full")
    page.evaluate(
        """void (document.body.innerHTML = '<button>full</button>',
        document.querySelector('button').onclick = () => document.documentElement.requestFullscreen())"""
    )
    page.click("button")
    page.wait_until("document.fullscreenElement && 1")
    _asked_and_allowed(seen, page)
    page.close()


def test_with_all_windows_minimized(stage: Stage, site: str) -> None:
    page = stage.browser.open(site + "/away")
    options = stage.browser.open(stage.browser.extension_url("windows/options/options.html"))
    options.evaluate(
        """chrome.windows.getAll().then((all) =>
        Promise.all(all.map(({id}) => chrome.windows.update(id, {state: 'minimized'})))).then(() => 1)"""
    )
    focused = "chrome.windows.getAll().then((all) => all.filter((it) => it.focused && it.state !== 'minimized').length)"
    assert options.evaluate(focused) == 0
    _asked_and_allowed(stage, page)
    options.close()
    page.close()


@pytest.mark.parametrize("name", drivers.NAMES)
def test_in_a_tab_where_windows_are_refused_by_a_double_of_the_browser_s_call(
    name: str, tmp_path: Path, site: str
) -> None:
    extension = tmp_path / "extension"
    shutil.copytree(EXTENSION, extension)
    refuse = 'chrome.windows.create = () => Promise.reject(new Error("one window only"));\n'
    main = extension / "background" / "show-window.js"
    main.write_text(refuse + main.read_text())
    stage = Stage(name, tmp_path / "stage", extension=extension)
    with stage.browser:
        page = stage.browser.open(site + "/one-window")
        _asked_and_allowed(stage, page)
        request(page, "ask")
        armed_window(stage).close()
        assert page.wait_until("outcome")["name"] == "refusedByUser"
