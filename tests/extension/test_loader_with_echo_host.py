"""The loader from a bare browser to a ready page, step by step, and its accessibility."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import drivers
from tests.browser.test_loader import OPENED, PANEL
from tests.drivers.browser import Page, ScriptError, wait_for
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.windows import CHECKOUT, picture, violations

pytestmark = pytest.mark.browser

READY = "document.querySelector('#state').textContent.startsWith('Ready: program 3.')"
#: What the live region says: at first, and after each change.
TOLD = """
var told = [];
new MutationObserver(() => {
    const live = document.querySelector("cvm-loader")?.shadowRoot.querySelector("[role=status]");
    if (!live || live.watched) return;
    live.watched = true;
    const note = () => told.push(live.textContent);
    note();
    new MutationObserver(note).observe(live, {childList: true, subtree: true, characterData: true});
}).observe(document, {childList: true, subtree: true});"""


@pytest.fixture(scope="module")
def loader_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The loader's example, whose panel tests may look into."""
    folder = tmp_path_factory.mktemp("loader") / "site"
    shutil.copytree(CHECKOUT / "examples" / "loader", folder)
    index = folder / "index.html"
    text = index.read_text().replace("<script src", f"<script>{OPENED}{TOLD}</script><script src")
    index.write_text(text.replace("cvmLoader()", "cvmLoader({lang: new URLSearchParams(location.search).get('lang')})"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        log_message = functools.partialmethod(lambda self, *_: None)

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def heading(page: Page) -> str:
    """What the panel says now; empty while the page is loaded."""
    with contextlib.suppress(ScriptError):
        return str(page.evaluate(f"{PANEL}?.querySelector('h2')?.textContent ?? ''"))
    return ""


def step(page: Page, expected: str, *names: str) -> None:
    """Wait for that step; it has no fault that axe-core knows."""
    page.wait_until(f"{PANEL}?.querySelector('h2')?.textContent === {expected!r}")
    assert violations(page, "document.querySelector('cvm-loader')") == []
    picture(page, "loader", *names)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", drivers.NAMES)
def test_the_add_on_is_installed_while_the_page_is_open(name: str, tmp_path: Path, loader_site: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with drivers.launch(name, tmp_path / "profile", None, {"HOME": str(home)}) as browser:
        page = browser.open(loader_site)
        step(page, "One add-on is missing", "extension", name)
        browser.install(EXTENSION)
        # Chromium's page is loaded again meanwhile, by the loader.
        wait_for(lambda: heading(page) == "One program is missing", "the next step")
        step(page, "One program is missing", "host", name)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", drivers.NAMES)
def test_each_step_is_noticed_when_it_is_done(name: str, tmp_path: Path, loader_site: str) -> None:
    """By real handshakes: no program, one of an older protocol, one of a newer one, the right one."""
    stage = Stage(name, tmp_path)
    stage.manifest.unlink()
    with stage.browser as browser:
        page = browser.open(loader_site)
        page.evaluate("void (window.samePage = true)")
        step(page, "One program is missing", "missing", name)
        stage.register(protocol=0)
        step(page, "The program is too old", "old-host", name)
        stage.register(protocol=2)
        step(page, "The add-on is too old", "old-extension", name)
        stage.register()
        page.wait_until(READY)
        assert page.evaluate("samePage"), "no reload was needed"
        assert page.evaluate("document.querySelector('cvm-loader') === null")


LANGUAGES = {
    "en": "One add-on is missing",
    "fr": "Il manque un module",
    "de": "Ein Add-on fehlt",
    "es": "Falta un complemento",
    "it": "Manca un componente aggiuntivo",
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", drivers.NAMES)
def test_languages_sizes_and_colours(name: str, dark: bool, tmp_path: Path, loader_site: str) -> None:
    with drivers.launch(name, tmp_path / "profile", None, dark=dark) as browser:
        page = browser.open(loader_site)
        for language, expected in LANGUAGES.items():
            for width in (1000, 320):
                page.resize(width, 700)
                page.goto(f"{loader_site}?lang={language}")
                step(page, expected, language, "dark" if dark else "light", str(width), name)
                section = f"{PANEL}.querySelector('section')"
                assert page.evaluate(f"{section}.scrollWidth <= {section}.clientWidth")
                assert page.evaluate(f"{section}.getBoundingClientRect().left >= 0"), f"{width} wide"
        page.goto(f"{loader_site}?lang=ja")
        step(page, "One add-on is missing", "unknown-language", "dark" if dark else "light", name)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", drivers.NAMES)
def test_screen_readers_are_told_and_the_keyboard_keeps_its_place(name: str, tmp_path: Path, loader_site: str) -> None:
    """A live region is read out when its content changes, not when it comes with its content."""
    with drivers.launch(name, tmp_path / "profile", None) as browser:
        page = browser.open(loader_site)
        assert page.evaluate("told[0]") == "", "the region comes empty"
        told = page.wait_until("told[1]")
        assert "Step 1 of 2" in told and "One add-on is missing" in told and "Install it" in told
        assert page.evaluate("document.activeElement === document.body"), "nobody's typing is interrupted"

        # The next step takes the place of this one under the visitor's hands.
        page.evaluate(f"{PANEL}.querySelector('button').focus()")
        page.evaluate("void (window.CVM = {connect: async () => { throw {name: 'hostMissing'}; }})")
        page.wait_until("told.at(-1).includes('One program is missing')")
        page.wait_until("document.activeElement.localName === 'cvm-loader'")
        page.press("Escape")
        page.wait_until("!document.querySelector('cvm-loader')")
