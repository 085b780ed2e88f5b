"""The loader from a bare browser to a ready page, step by step, and its accessibility."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import drivers
from tests.browser.test_loader import OPENED, PANEL, title
from tests.drivers.browser import Page
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.windows import CHECKOUT, picture, violations

pytestmark = pytest.mark.browser

READY = "document.querySelector('#state').textContent.startsWith('Ready: program 3.')"


@pytest.fixture(scope="module")
def loader_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The loader's example, whose panel tests may look into."""
    folder = tmp_path_factory.mktemp("loader") / "site"
    shutil.copytree(CHECKOUT / "examples" / "loader", folder)
    index = folder / "index.html"
    index.write_text(index.read_text().replace("<script src", f"<script>{OPENED}</script><script src"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        log_message = functools.partialmethod(lambda self, *_: None)

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def step(page: Page, expected: str, *names: str) -> None:
    """Wait for that step; it has no fault that axe-core knows."""
    page.wait_until(f"{PANEL}?.querySelector('h2')?.textContent === {expected!r}")
    assert violations(page) == []
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


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", drivers.NAMES)
@pytest.mark.parametrize(("lang", "expected"), [
    ("fr-FR", "Il manque un module"), ("de-DE", "Ein Add-on fehlt"), ("es-ES", "Falta un complemento"),
    ("it-IT", "Manca un componente aggiuntivo"), ("ja-JP", "One add-on is missing"),
])  # fmt: skip
def test_languages_and_dark(name: str, lang: str, expected: str, tmp_path: Path, loader_site: str) -> None:
    with drivers.launch(name, tmp_path / "profile", None, dark=True, lang=lang) as browser:
        page = browser.open(loader_site)
        assert title(page) == expected
        section = f"{PANEL}.querySelector('section')"
        for width in (1000, 320):
            page.resize(width, 700)
            assert page.evaluate(f"{section}.scrollWidth <= {section}.clientWidth")
            assert page.evaluate(f"{section}.getBoundingClientRect().left >= 0"), f"{width} wide"
            step(page, expected, lang[:2], "dark", str(width), name)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", drivers.NAMES)
def test_screen_readers_are_told(name: str, tmp_path: Path, loader_site: str) -> None:
    """A live region is read out when its content changes, not when it comes with its content."""
    with drivers.launch(name, tmp_path / "profile", None) as browser:
        page = browser.open(loader_site)
        page.evaluate(
            """void (window.told = [], document.querySelector('cvm-loader')?.remove(),
                new MutationObserver(() => {
                    const live = [...document.querySelectorAll('cvm-loader')].at(-1)
                        ?.shadowRoot.querySelector('[role=status]');
                    if (!live || live.watched) return;
                    live.watched = true;
                    told.push(live.textContent);
                    new MutationObserver(() => told.push(live.textContent)).observe(
                        live, {childList: true, subtree: true, characterData: true});
                }).observe(document.body, {childList: true}), cvmLoader())"""
        )
        page.wait_until("told.length >= 2")
        told = page.evaluate("told")
        assert told[0] == "" and "One add-on is missing" in told[1] and "Install it" in told[1]
