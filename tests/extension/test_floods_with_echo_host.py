"""Pages that ask too often, with a double in the host's place (echo_host.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from installer.generate.protocol import table
from tests import drivers
from tests.drivers.browser import Page
from tests.drivers.hole import extension_with_hole, through_hole
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.test_extension_with_echo_host import request

pytestmark = pytest.mark.browser

_LIMITS = json.loads(table.FILE.read_text("utf-8"))["limits"]
_PACE = {name: row["value"] for name, row in _LIMITS["extension"]["pace"].items()}
FRAME_BURST, FRAME_RATE = _PACE["frame"]["burst"], _PACE["frame"]["perSecond"]
ORIGIN_BURST, ORIGIN_RATE = _PACE["origin"]["burst"], _PACE["origin"]["perSecond"]
OPENINGS = _PACE["openings"]["burst"]
TOLD = "(error) => error.name"


@pytest.fixture(scope="module", params=drivers.NAMES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp(request.param)
    made = Stage(request.param, folder, extension=extension_with_hole(EXTENSION, folder))
    with made.browser:
        yield made


def opened(page: Page, name: str) -> None:
    request(page, f"name={name}")
    page.wait_until("outcome === 'opened'")


def test_thousands_of_requests_are_refused_and_other_pages_go_on(stage: Stage, page: Page, site: str) -> None:
    opened(page, "flood")
    other = stage.browser.open(site.replace("localhost", "127.0.0.1") + "/other")
    opened(other, "calm")
    other.evaluate(
        f"""void (calm = [], (async () => {{ for (let count = 0; count < 50; count++)
            calm.push(await session.sync().then(() => "ok", {TOLD})); }})())"""
    )
    page.evaluate(
        """void (told = {}, error = null, left = 5000, begun = performance.now(),
            Array.from({length: left}, () => session.sync().then(() => "ok",
                (it) => { if (it.name === "rateLimited") error = it; return it.name; }).then((name) => {
                told[name] = (told[name] ?? 0) + 1; took = (performance.now() - begun) / 1000; left--; })))"""
    )
    page.wait_until("left === 0", 120)
    other.wait_until("calm.length === 50")
    assert set(other.evaluate("calm")) == {"ok"}
    told, took = page.evaluate("[told, took]")
    # A busy computer takes a while to send them all.
    assert told["rateLimited"] >= 5000 - FRAME_BURST - FRAME_RATE * (took + 1) and told["ok"] >= 1, (told, took)
    said = page.evaluate("({code: error.code, message: error.message, fix: error.fix})")
    assert said["code"] == -10 and "200" in said["message"] and said["fix"]
    # No punishment: a moment later all is as it was.
    page.wait_until(f"session.sync().then(() => true, {TOLD}).then((it) => it === true)")
    other.close()


def test_a_busy_page_never_meets_the_limit(page: Page) -> None:
    """As busy as no page in the field is: calls one after the other without a pause, and many at once."""
    opened(page, "busy")
    one_by_one = f"""(async () => {{ const told = new Set(); for (let count = 0; count < 500; count++)
        told.add(await session.sync().then(() => "ok", {TOLD})); return [...told]; }})()"""
    assert page.evaluate(one_by_one) == ["ok"]
    at_once = f"""Promise.all(Array.from({{length: 60}}, () => session.sync().then(() => "ok", {TOLD})))
        .then((all) => [...new Set(all)])"""
    for _ in range(3):
        assert page.evaluate(at_once) == ["ok"]


def test_many_frames_have_one_limit(stage: Stage, page: Page, site: str) -> None:
    """A website has as many frames as it likes; requests that wait are counted for all of them."""
    for _ in range(3):
        page.evaluate(
            f"""new Promise((ready) => document.body.append(Object.assign(document.createElement("iframe"),
                {{src: "{site}/frame", onload: () => ready(1)}})))"""
        )
    page.evaluate(
        f"""void (told = [], Array.from(frames).forEach((frame) => frame.CVM.connect()
            .then((plugin) => plugin.requestSession("/vmcp?name=many"))
            .then((session) => {{ for (let count = 0; count < 60; count++)
                session.start({{stuck: 1}}).catch({TOLD}).then((name) => told.push(name)); }})))"""
    )
    page.wait_until("told.length === 180 - 128")
    assert set(page.evaluate("told")) == {"tooManyRequests"}
    page.evaluate("void Array.from(document.querySelectorAll('iframe')).forEach((frame) => frame.remove())")


def test_a_page_in_the_relay_s_place_floods_the_background(stage: Stage, page: Page, site: str) -> None:
    other = stage.browser.open(site.replace("localhost", "127.0.0.1") + "/other")
    opened(other, "calm")
    before = len(stage.received("requestSession"))
    answers = through_hole(
        page, *({"id": number, "action": "requestSession", "params": {"url": f"{site}/vmcp"}} for number in range(3000))
    )
    names = [answer.get("error", {}).get("name", "ok") for answer in answers]
    assert len(answers) == 3000 and names.count("rateLimited") > 3000 - ORIGIN_BURST - 1000
    assert set(names) <= {"ok", "rateLimited", "tooManyRequests"}
    # Each of them may fetch from a website: of these, fewer still.
    assert len(stage.received("requestSession")) - before <= OPENINGS + 200
    assert other.evaluate(f"session.sync().then(() => 'ok', {TOLD})") == "ok"
    other.close()
