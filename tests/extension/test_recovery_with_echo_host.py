"""What a page sees when the way to its machine breaks, and that all goes on by itself. A double is in the host's place
(echo_host.py): it says of every session that is opened again that its machine was powered off meanwhile.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from tests import drivers
from tests.drivers.browser import Browser, Page
from tests.extension.conftest import EXTENSION, Stage

pytestmark = pytest.mark.browser

#: A page with a session, and all that it hears. `loaded` tells whether it is the same document still.
OPEN = """CVM.connect().then(async (plugin) => {
  window.heard = [];
  window.kept = null;
  window.plugin = plugin;
  window.session = await plugin.requestSession("/vmcp?name=%s");
  for (const name of ["disconnected", "connected"]) plugin.addEventListener(name, () => heard.push(name));
  for (const name of ["stateChanged", "failed"]) session.addEventListener(name, (what) => heard.push([name, what]));
  addEventListener("pageshow", ({persisted}) => { window.kept = persisted; });
}).then(() => 1)"""
#: Gone and come back, with what had changed, once.
RECOVERED = ["disconnected", ["stateChanged", 2], "connected"]


@pytest.fixture(scope="module", params=drivers.NAMES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(EXTENSION, folder / "extension")
    made = Stage(request.param, folder, extension=folder / "extension")
    with made.browser:
        yield made


class Visit:
    """A page with a session, and the host's requests since."""

    def __init__(self, stage: Stage, page: Page, name: str) -> None:
        self.stage, self.page, self.name = stage, page, name
        page.evaluate(OPEN % name)
        self._before = len(stage.received("requestSession"))

    def recovered(self) -> None:
        """By itself: without a fetch, a question, or a call of the page's."""
        self.page.wait_until("heard.includes('connected')")
        assert self.page.evaluate("heard") == RECOVERED
        assert self.stage.received("reopenSession")[-1]["params"] == {"session": self.name}
        assert len(self.stage.received("requestSession")) == self._before
        # And the session works, with its events.
        assert self.page.evaluate("session.start().then((it) => it.state)") == 5
        assert self.page.evaluate("heard").count(["stateChanged", 5]) == 1


def test_the_background_is_suspended(stage: Stage, page: Page, site: str) -> None:
    browser = stage.browser
    other = browser.open(site.replace("localhost", "127.0.0.1") + "/other")
    other_visit = Visit(stage, other, "another")
    visit = Visit(stage, page, "suspended")
    browser.kill_background()
    visit.page.wait_until("heard.includes('connected')")
    other.wait_until("heard.includes('connected')")
    assert page.evaluate("heard") == other.evaluate("heard") == RECOVERED
    assert other_visit.page.evaluate("session.sync().then((it) => it.name)") == "another"
    other.close()


def test_calls_under_way_fail_and_the_next_succeeds(stage: Stage, page: Page) -> None:
    visit = Visit(stage, page, "underway")
    page.evaluate("void (outcome = null, session.start({stuck: 1}).catch((error) => { outcome = error; }))")
    page.evaluate("session.sync().then(() => 1)")
    page.evaluate("void (heard.length = 0)")
    stage.browser.kill_background()
    page.wait_until("heard.includes('connected')")
    assert page.evaluate("[outcome.name, outcome.code]") == ["connectionLost", -7]
    assert page.evaluate("session.start().then((it) => it.state)") == 5
    assert visit.name == "underway"


def test_a_reload_opens_the_same_session_without_a_question(stage: Stage, page: Page, site: str) -> None:
    Visit(stage, page, "reloaded")
    page.goto(site + "/page")
    assert page.evaluate("window.session === undefined")
    Visit(stage, page, "reloaded")
    assert page.evaluate("session.sync().then((it) => it.name)") == "reloaded"
    assert stage.browser.find_window("confirm.html") is None


def test_the_back_forward_cache(stage: Stage, page: Page, site: str) -> None:
    # Whether it keeps a page is up to the browser: nothing may be loading, for example.
    for _ in range(5):
        visit = Visit(stage, page, "kept")
        page.goto(site + "/elsewhere")
        page.back()
        page.wait_until("location.pathname === '/page' && document.readyState === 'complete' && window.kept !== null")
        if page.evaluate("window.kept"):
            return visit.recovered()
        page.wait_until("typeof CVM === 'object'")
    pytest.fail("the browser never kept the page")


def test_a_discarded_tab(stage: Stage, site: str) -> None:
    """Its document is gone, so the page asks anew as after a reload; the machine has gone on."""
    browser, url = stage.browser, site + "/discarded"
    Visit(stage, browser.open(url), "discarded")
    other = browser.open(site + "/shown")
    page = browser.discard_and_return(url, site + "/shown")
    page.wait_until("typeof CVM === 'object' && document.readyState === 'complete'")
    assert page.evaluate("window.session === undefined")
    Visit(stage, page, "discarded")
    assert page.evaluate("session.sync().then((it) => it.name)") == "discarded"
    page.close()
    other.close()


def test_an_update_of_the_extension(stage: Stage, page: Page, site: str) -> None:
    """The page keeps its window.CVM, which goes on with the new version; also in frames."""
    page.evaluate(
        f"""new Promise((ready) => document.body.append(Object.assign(document.createElement("iframe"),
            {{src: "{site}/frame", onload: () => ready(1)}})))"""
    )
    visit = Visit(stage, page, "updated")
    page.evaluate("frames[0].CVM.connect().then((plugin) => { framed = plugin; })")
    page.evaluate("void (cvm = CVM)")
    manifest = stage.extension / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "version": "3.0.1"}))
    stage.browser.update_extension(stage.extension)
    visit.recovered()
    assert stage.received("hello")[-1]["params"]["extension"] == "3.0.1"
    assert page.evaluate("CVM === cvm && typeof cvmParts === 'undefined'")
    assert page.evaluate("framed.requestSession('/vmcp?name=framed').then((it) => it.name)") == "framed"
    fresh(stage.browser, site)


def fresh(browser: Browser, site: str) -> None:
    """Pages that are opened afterwards are as ever."""
    page = browser.open(site + "/fresh")
    assert page.evaluate("CVM.connect().then((plugin) => plugin.version)") == "3.0.0"
    page.close()


def test_a_forged_relay_is_no_successor(stage: Stage, page: Page) -> None:
    """Any script of a page can say that it is a relay: while the real one lives, it stays."""
    Visit(stage, page, "forged")
    page.evaluate(
        """void (got = [], line = new MessageChannel(), line.port1.onmessage = ({data}) => got.push(data),
        document.dispatchEvent(new MessageEvent("cvm-relay", {ports: [line.port2], cancelable: true})))"""
    )
    # Longer than a dead relay is waited for.
    page.evaluate("new Promise((done) => setTimeout(done, 2500)).then(() => 1)")
    assert page.evaluate("session.sync().then((it) => it.name)") == "forged"
    assert page.evaluate("[got, heard]") == [[], [["stateChanged", 1]]] or page.evaluate("[got, heard]") == [[], []]
