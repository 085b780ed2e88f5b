"""Pages that lie within others, or belong to no website: CVM is there, and says why nothing can be done.

No policy names any frame here; tests/policy has frames that one allows.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.drivers.browser import Page
from tests.extension.conftest import FRAME_SCRIPT, Stage

pytestmark = pytest.mark.browser

#: Every call of a plugin that can't be connected.
CALLS = """Promise.all([
  () => CVM.connect(),
  () => new Promise((ok, no) => CVM.startCVMWebAPI(ok, (message, code, error) => no(error)))
].map((call) => call().then(() => 'connected', ({name, code, message, fix}) => ({name, code, message, fix}))))"""


def add_frame(page: Page, attributes: str) -> None:
    """A frame, whose word of how it fares goes to `said`."""
    page.evaluate(
        f"""void (said = null, addEventListener('message', (event) => {{ said = event.data; }}),
        document.body.append(Object.assign(document.createElement('iframe'), {{{attributes}}})))"""
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("src: '{site}/frame'", "connected"),
        ("srcdoc: `{script}`", "connected"),
        ("src: '{foreign}/frame'", "foreignFrame"),
        ("src: '{site}/frame', sandbox: 'allow-scripts'", "opaqueOrigin"),
        ("srcdoc: `{script}`, sandbox: 'allow-scripts'", "opaqueOrigin"),
        ("src: 'data:text/html,{quoted}'", "opaqueOrigin"),
    ],
    ids=["same origin", "srcdoc", "another origin", "sandboxed", "sandboxed srcdoc", "data"],
)
def test_frames(page: Page, site: str, attributes: str, expected: str) -> None:
    escaped = FRAME_SCRIPT.replace("</", "<\\/")
    foreign = site.replace("localhost", "127.0.0.1")
    add_frame(page, attributes.format(site=site, foreign=foreign, script=escaped, quoted=quote(FRAME_SCRIPT)))
    assert page.wait_until("said") == expected


def test_our_own_page_within_a_hostile_one_within_ours(stage: Stage, page: Page, site: str) -> None:
    """The browser tells of the tab and of the frame, both of them ours; what lies between, the relay sees."""
    before = len(stage.received("hello"))
    hostile = site.replace("localhost", "127.0.0.1")
    add_frame(page, f"src: '{hostile}/nest?{site}/frame'")
    assert page.wait_until("said") == "foreignFrame"
    assert len(stage.received("hello")) == before


def test_a_page_on_disk_and_a_website_that_it_shows(stage: Stage, site: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!doctype html><title>file</title><body></body>")
    page = stage.browser.open(file.as_uri())
    # Firefox gives extensions no page on disk; Chromium those that were loaded by hand, or that the user lets.
    for error in page.evaluate(CALLS) if stage.name == "chromium" else ():
        assert error["name"] == "opaqueOrigin" and error["code"] < 0 and error["message"] and error["fix"]
    add_frame(page, f"src: '{site}/frame'")
    # A page on disk is no secure context in some browsers, and then no frame of it is.
    assert page.wait_until("said") in ("foreignFrame", "insecureOrigin")
    page.close()


def test_a_page_without_encryption(stage: Stage, site: str) -> None:
    """Not this computer by its name, though by its address: browsers go by the name."""
    page = stage.browser.open(site.replace("localhost", f"{_outer_address()}"))
    for error in page.evaluate(CALLS):
        assert error["name"] == "insecureOrigin" and error["message"] and error["fix"]
    page.close()


def _outer_address() -> str:
    """An address of this computer that is not 127.*; nothing is sent."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("192.0.2.1", 9))
        return str(line.getsockname()[0])
