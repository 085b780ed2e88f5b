"""The loader for websites, in both browsers, with parts missing: examples/loader/."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import picture
from tests.drivers import launch
from tests.drivers.browser import Browser, Page
from tests.drivers.registration import register_host
from tests.lab.world import CHECKOUT, EXTENSION, World, blank_iso

pytestmark = pytest.mark.browser
BROWSERS = ["chromium", "firefox"]

# Scripts of the page, ahead of the loader: the panel's shadow root is closed to everybody, so tests open it.
OPENED = "const attach = Element.prototype.attachShadow;"
OPENED += "Element.prototype.attachShadow = function () { return attach.call(this, {mode: 'open'}); };"
PANEL = "document.querySelector('cvm-loader')?.shadowRoot"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Its site is the loader's example, in several variants."""
    site = tmp_path_factory.mktemp("loader") / "site"
    shutil.copytree(CHECKOUT / "examples" / "loader", site)
    text = (site / "index.html").read_text()
    failing = """window.CVM = {connect: async () => {
        throw {name: new URLSearchParams(location.search).get("error"), message: "What.", fix: "Do."};
    }};"""
    phone = (
        "Object.defineProperty(navigator, 'userAgent', {value: 'Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile Safari'});"
    )
    own = """window.steps = [];
        cvmLoader({panel: (step) => { steps.push(step); return () => steps.push("gone " + step); }});"""
    (site / "index.html").write_text(text.replace("<script src", f"<script>{OPENED}</script><script src"))
    (site / "failing.html").write_text(text.replace("<script src", f"<script>{OPENED}{failing}</script><script src"))
    (site / "phone.html").write_text(text.replace("<script src", f"<script>{OPENED}{phone}</script><script src"))
    (site / "own.html").write_text(text.replace("cvmLoader().then", f"{own}(new Promise(() => {{}})).then"))
    with World(blank_iso(), site) as made:
        yield made


def without_extension(world: World, name: str, tmp_path: Path, **options: Any) -> Browser:
    return launch(name, tmp_path / f"bare-{name}", None, world.environment, **options)


def title(page: Page) -> str:
    return str(page.wait_until(f"{PANEL}?.querySelector('h2')?.textContent"))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", BROWSERS)
def test_without_the_extension(world: World, name: str, tmp_path: Path) -> None:
    with without_extension(world, name, tmp_path) as browser:
        page = browser.open(world.site)
        assert title(page) == "One add-on is missing"
        link = page.evaluate(f"{PANEL}.querySelector('a').href")
        assert ("mozilla.org" if name == "firefox" else "chromewebstore") in link
        assert "1 of 2" in page.evaluate(f"{PANEL}.querySelector('[role=status]').textContent")
        assert page.evaluate(f"{PANEL}.querySelector('section').getAttribute('aria-labelledby')") == "title"
        picture(page, f"loader-extension-{name}")
        # By keyboard: the link, then "not now".
        for _ in range(4):
            page.press("Tab")
            if page.evaluate(f"{PANEL}.activeElement?.tagName") == "BUTTON":
                break
        assert page.evaluate(f"{PANEL}.activeElement.tagName") == "BUTTON"
        page.press("Enter")
        page.wait_until("!document.querySelector('cvm-loader')")

        page = browser.open(f"{world.site}phone.html")
        assert title(page) == "This browser can't run virtual machines"
        for error, shown in (("hostTooOld", "The program is too old"), ("extensionTooOld", "The add-on is too old")):
            page = browser.open(f"{world.site}failing.html?error={error}")
            assert title(page) == shown
        page = browser.open(f"{world.site}failing.html?error=settingsBroken")
        assert title(page) == "Something is in the way"
        assert page.evaluate(f"{PANEL}.querySelector('h2 + p').textContent") == "What. Do."
        page = browser.open(f"{world.site}own.html")
        page.wait_until("steps.join() === 'extension'")
        assert page.evaluate("document.querySelector('cvm-loader') === null"), "the site's panel, not ours"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", BROWSERS)
def test_the_program_is_installed_while_the_page_waits(world: World, name: str) -> None:
    with world.browser(name) as browser:
        manifest = register_host(name, world.folder / f"profile-{name}", world.folder, world.launcher, EXTENSION)
        content = manifest.read_text()
        manifest.unlink()
        page = browser.open(world.site)
        assert title(page) == "One program is missing"
        assert "2 of 2" in page.evaluate(f"{PANEL}.querySelector('[role=status]').textContent")
        picture(page, f"loader-host-{name}")
        manifest.write_text(content)
        page.wait_until("document.querySelector('#state').textContent.startsWith('Ready: program 3.')")
        assert page.evaluate("document.querySelector('cvm-loader') === null")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", BROWSERS)
def test_german_and_dark(world: World, name: str, tmp_path: Path) -> None:
    with without_extension(world, name, tmp_path, dark=True, lang="de-DE") as browser:
        page = browser.open(world.site)
        assert title(page) == "Ein Add-on fehlt"
        picture(page, f"loader-german-dark-{name}")
        assert page.evaluate(
            f"{PANEL}.querySelector('section').scrollWidth <= {PANEL}.querySelector('section').clientWidth"
        )
