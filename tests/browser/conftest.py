"""Browsers for the suites; what they show is kept as pictures in .test-output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.browser import Browser, Page
from tests.lab.world import CHECKOUT, World

PICTURES = CHECKOUT / ".test-output"


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest, world: World) -> Iterator[Browser]:
    """A browser in a world whose machines boot nothing."""
    with world.browser(request.param) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    """The example site, freshly opened."""
    opened = browser.open(world.site)
    yield opened
    opened.close()


def picture(page: Page, name: str) -> Path:
    """Keep what the page shows."""
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path)
    return path
