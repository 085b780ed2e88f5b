"""The corner in a page, seen as a visitor sees it and attacked as a page would, with a double in the host's place."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import drivers
from tests.drivers.browser import Page, wait_for
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.windows import violations

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / ".test-output"
CORNER = "document.querySelector('cernvm-webapi-status')"
BOX = f"JSON.stringify({CORNER}?.getBoundingClientRect().toJSON() ?? null)"
SHOWN = f"Boolean({CORNER}?.getBoundingClientRect().height)"


class StrictPage(http.server.BaseHTTPRequestHandler):
    """Forbids all that a policy can; tries to style the corner away; says `off` when asked to."""

    def do_GET(self) -> None:
        off = '<meta name="cernvm-webapi-status" content="off">' if "off" in self.path else ""
        body = f"<!doctype html><title>page</title>{off}<link rel=stylesheet href=/hostile.css>page".encode()
        kind = "text/html"
        if self.path == "/hostile.css":
            kind = "text/css"
            body = b"cernvm-webapi-status { display: none !important; opacity: 0 !important; width: 0 !important }"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'")
        self.end_headers()
        self.wfile.write(body)

    log_message = functools.partialmethod(lambda self, *_: None)


@pytest.fixture(scope="module")
def strict() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), StrictPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


def work(page: Page, query: str) -> None:
    """Request a session that takes until it is cancelled."""
    page.evaluate(
        f"""void (outcome = null, CVM.connect().then((plugin) => plugin.requestSession('/vmcp?{query}'))
        .then(() => {{ outcome = 'opened'; }}, (error) => {{ outcome = error.name; }}))"""
    )


def test_it_shows_on_a_strict_page_that_would_style_it_away(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/page")
    work(page, "stuck&phase=downloadingImage&done=6291456&total=18874368&speed=2097152")
    page.wait_until(SHOWN)
    wait_for(lambda: any("phase" in it["params"]["url"] for it in stage.received("requestSession")), "the request")
    box = page.evaluate(f"(() => {{ const it = {CORNER}.getBoundingClientRect(); return [it.width, it.height]; }})()")
    assert box[0] > 200 and 60 < box[1] < 300
    style = f"(({{position, display, opacity}}) => [position, display, opacity])(getComputedStyle({CORNER}))"
    assert page.evaluate(style) == ["fixed", "block", "1"]
    assert page.evaluate(f"[{CORNER}.shadowRoot, {CORNER}.innerText, {CORNER}.childNodes.length]") == [None, "", 0]
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(PICTURES / f"corner-download-{stage.name}.png")
    # The page can remove it, not press what is in it.
    page.evaluate(f"void ({CORNER}.click(), {CORNER}.dispatchEvent(new MouseEvent('click', {{bubbles: true}})))")
    assert page.evaluate("outcome") is None
    page.press("Tab")
    page.press("Enter")
    assert page.wait_until("outcome") == "cancelled"
    page.wait_until(f"!{CORNER}")
    page.close()


def test_errors_stay_with_their_fix_until_closed(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/page")
    work(page, "fail=notTrusted")
    assert page.wait_until("outcome") == "notTrusted"
    page.wait_until(SHOWN)
    page.screenshot(PICTURES / f"corner-error-{stage.name}.png")
    page.press("Tab")
    page.press("Enter")
    page.wait_until(f"!{CORNER}")
    page.close()


def test_what_is_done_at_once_is_not_shown(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/page")
    # In its first seconds Chromium takes one to tell of policies.
    timed = """CVM.connect().then((plugin) => (begun = performance.now(), plugin.requestSession('/vmcp?name=first')))
        .then(() => performance.now() - begun)"""
    wait_for(lambda: page.evaluate(timed) < 100, "a request that is done at once")
    page.wait_until(f"!{CORNER}")
    page.evaluate(
        "void (seen = 0, new MutationObserver(() => seen++).observe(document.documentElement, {childList: true}))"
    )
    work(page, "name=fast")
    assert page.wait_until("outcome") == "opened"
    assert page.evaluate("new Promise((done) => setTimeout(() => done(seen), 700))") == 0
    page.close()


def test_the_site_can_turn_it_off(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/off")
    work(page, "fail=notTrusted")
    assert page.wait_until("outcome") == "notTrusted"
    assert not page.evaluate(f"new Promise((done) => setTimeout(() => done({SHOWN}), 700))")
    page.close()


def test_the_visitor_can_turn_it_off_at_once(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/page")
    work(page, "stuck")
    page.wait_until(SHOWN)
    popup = stage.browser.open(stage.browser.extension_url("windows/machines/machines.html"))
    popup.wait_until("document.querySelector('#corner').checked")
    popup.click("#corner")
    page.wait_until(f"!{CORNER}")
    popup.click("#corner")
    page.wait_until(SHOWN)
    popup.close()
    page.close()


def test_its_switch_does_not_move_away_under_the_pointer(stage: Stage) -> None:
    nothing = stage.folder / "no-machines"
    nothing.touch()
    popup = stage.browser.open(stage.browser.extension_url("windows/machines/machines.html"))
    popup.wait_until("document.querySelector('#status').innerText.startsWith('No website')")
    tops = "['corner', 'setup'].map((id) => document.getElementById(id).getBoundingClientRect().top)"
    before = popup.evaluate(tops)
    nothing.unlink()
    popup.wait_until("document.querySelectorAll('.machine').length === 2")
    popup.wait_until("!document.querySelector('#pause-all').hidden")
    assert popup.evaluate(tops) == before
    popup.close()


def test_what_is_cancelled_at_once_does_not_go_on(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/page")
    page.evaluate(
        """void (outcome = null, CVM.connect().then((plugin) => {
          const hasty = new AbortController();
          const asked = plugin.requestSession('/vmcp?stuck&name=hasty', undefined, undefined, {signal: hasty.signal});
          hasty.abort();
          asked.catch((error) => { outcome = error.name; });
        }))"""
    )
    assert page.wait_until("outcome") in ("cancelled", "AbortError")
    # A later request has gone all the way: the hasty one had its time.
    work(page, "name=later")
    assert page.wait_until("outcome === 'opened'")
    begun = [it for it in stage.received("requestSession") if "hasty" in it["params"]["url"]]
    ended = {it["params"]["request"] for it in stage.received("cancel")}
    assert {it["id"] for it in begun} <= ended
    page.close()


def test_a_download_is_paused_and_goes_on(stage: Stage, strict: str) -> None:
    page = stage.browser.open(strict + "/page")
    work(page, "stuck&name=paused&phase=downloadingImage&done=6291456&total=18874368&speed=2097152")
    page.wait_until(SHOWN)
    wait_for(lambda: any("paused" in it["params"]["url"] for it in stage.received("requestSession")), "the request")

    def wishes() -> list[bool]:
        return [it["params"]["on"] for it in stage.received("pauseDownload")]

    wait_for(lambda: float(page.evaluate(f"{CORNER}.getBoundingClientRect().height")) > 100, "its buttons")
    page.press("Tab")
    page.press("Tab")
    page.press("Enter")
    wait_for(lambda: wishes() == [True], "the pause")
    page.screenshot(PICTURES / f"corner-paused-{stage.name}.png")
    page.press("Enter")
    wait_for(lambda: wishes() == [True, False], "its end")
    (request,) = [it["id"] for it in stage.received("requestSession") if "name=paused" in it["params"]["url"]]
    assert {it["params"]["request"] for it in stage.received("pauseDownload")} == {request}
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", drivers.NAMES)
def test_it_is_accessible_by_a_copy_whose_shadow_tree_is_open(name: str, dark: bool, tmp_path: Path, site: str) -> None:
    extension = tmp_path / "extension"
    shutil.copytree(EXTENSION, extension)
    script = extension / "relay" / "status-corner.js"
    closed = script.read_text()
    script.write_text(closed.replace('mode: "closed"', 'mode: "open"'))
    assert script.read_text() != closed
    stage = Stage(name, tmp_path / "stage", dark, extension)
    with stage.browser:
        page = stage.browser.open(site + "/corner")
        work(page, "stuck&phase=downloadingImage&done=6291456&total=18874368&speed=2097152")
        page.wait_until(f"{CORNER}?.shadowRoot.textContent.includes('MB')")
        assert violations(page, CORNER) == []
        page.screenshot(PICTURES / f"corner-download-{name}-{'dark' if dark else 'light'}.png")
        page.press("Tab")
        page.press("Enter")
        assert page.wait_until("outcome") == "cancelled"
        work(page, "fail=notTrusted")
        page.wait_until("outcome === 'notTrusted'")
        page.wait_until(SHOWN)
        assert violations(page, CORNER) == []
        page.screenshot(PICTURES / f"corner-failure-{name}-{'dark' if dark else 'light'}.png")
