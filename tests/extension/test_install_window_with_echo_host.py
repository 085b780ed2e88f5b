"""The window that offers to install VirtualBox, in both browsers, with a double of the host that only asks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.drivers.browser import Page
from tests.extension.conftest import Stage
from tests.extension.test_extension_with_echo_host import request


def window_of(stage: Stage, page: Page, way: str) -> Page:
    """The window for one way to install, once its buttons count."""
    request(page, f"install={way}")
    window = stage.browser.wait_for_window("install.html")
    window.wait_until("document.getElementById('allow').getAttribute('aria-disabled') === 'false'")
    if folder := os.environ.get("CERNVM_WEBAPI_SCREENSHOTS"):
        window.screenshot(Path(folder) / f"install-{way}-{stage.name}.png")
    return window


def test_a_package_is_offered_with_the_command_for_people(stage: Stage, page: Page) -> None:
    window = window_of(stage, page, "package")
    assert "localhost" in window.text("#needs") and "not on this computer" in window.text("#what")
    assert "apt" in window.text("#steps") and "7.2.4" in window.text("#steps")
    assert window.text("#command") == "sudo apt-get install virtualbox"
    assert window.evaluate("document.activeElement.id") == "deny"
    window.click("#allow")
    assert page.wait_until("outcome") == "opened"
    window.wait_closed()


def test_a_download_names_its_server_and_size(stage: Stage, page: Page) -> None:
    window = window_of(stage, page, "download")
    assert "5.2.44" in window.text("#what") and "download.example.org" in window.text("#steps")
    assert "118" in window.text("#steps") and window.evaluate("document.getElementById('command-line').hidden")
    window.press("Escape")
    assert page.wait_until("outcome")["name"] == "refusedByUser"
    window.wait_closed()


def test_by_hand_is_all_that_is_left_and_the_reason_is_told(stage: Stage, page: Page) -> None:
    window = window_of(stage, page, "manual")
    assert window.evaluate("document.getElementById('will').hidden") and "not genuine" in window.text("#fault")
    assert window.evaluate("document.getElementById('downloads').href") == "https://www.virtualbox.org/wiki/Downloads"
    assert window.text("#allow") == "I have installed it"
    window.close()
    assert page.wait_until("outcome")["name"] == "refusedByUser"


def test_a_question_that_this_version_does_not_know_is_a_no(stage: Stage, page: Page) -> None:
    request(page, "strange")
    assert page.wait_until("outcome")["name"] == "refusedByUser"


@pytest.mark.parametrize("way", ["package", "download", "manual"])
def test_nothing_is_cut_off(stage: Stage, page: Page, way: str) -> None:
    window = window_of(stage, page, way)
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.close()
    assert page.wait_until("outcome")
