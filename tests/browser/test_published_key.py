"""A website that no keystore lists and that publishes its own key, as the visitor and the page see it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import website

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.browser.conftest import picture
from tests.drivers.browser import Browser
from tests.lab.world import CHECKOUT, World, blank_iso

pytestmark = pytest.mark.browser


class Unlisted(World):
    """A world with a site of its own folder, known to no keystore."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(CHECKOUT / "examples" / "site", folder)
        super().__init__(blank_iso(), folder, listed=False)
        self._document = folder / ".well-known" / "cernvm-webapi.json"
        self._document.parent.mkdir()

    def publish(self, key: website.PrivateKey) -> None:
        """Publish this key as the site's."""
        self._document.write_text(json.dumps(website.published_key(key, "me@example.org")))


@pytest.fixture(params=["chromium", "firefox"])
def unlisted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Unlisted, Browser]]:
    with Unlisted(tmp_path / "site") as made, made.browser(request.param) as opened:
        yield made, opened


@pytest.mark.timeout(240)
def test_the_visitor_sees_who_vouches_and_a_changed_key_is_refused(unlisted: tuple[Unlisted, Browser]) -> None:
    world, browser = unlisted
    world.publish(website.load_key(world.site_key))
    page = browser.open(world.site)
    begin(page, request_session(world.vmcp))
    window = browser.wait_for_window("confirm.html")
    shown = window.wait_until("document.querySelector('#trust')?.innerText")
    assert "a key that it publishes itself" in str(shown), shown
    picture(window, f"confirmation-published-{browser.name}")
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"

    world.publish(website.generate_key())
    got = failure(page, request_session(world.vmcp))
    assert (got["name"], got["code"]) == ("keyChanged", -12), got
    assert got["message"].count("SHA256:") == 2, got
    page.close()
