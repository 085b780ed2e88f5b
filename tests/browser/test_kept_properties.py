"""What a site keeps with its session outlives the browser."""

from __future__ import annotations

import pytest

from tests.browser.calls import begin, decide, outcome, request_session
from tests.lab.world import World

pytestmark = pytest.mark.browser


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_properties_outlive_the_browser(world: World, name: str) -> None:
    for visit in (1, 2):
        with world.browser(name) as opened:
            page = opened.open(world.site)
            begin(page, request_session(f"{world.vmcp}?name=kept-{name}&memory=64&disk=0"))
            if visit == 1:
                decide(opened, "#allow")
            assert outcome(page)["name"] == "no error"
            if visit == 1:
                page.evaluate("mine.setProperty('job', 'number 7').then(() => 1)")
            assert page.evaluate("mine.getProperty('job')") == "number 7"
