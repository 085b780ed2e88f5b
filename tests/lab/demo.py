"""The main job for people to see: `make demo`. With a display and without --auto the browser is theirs."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import psutil

from tests.drivers.browser import Page
from tests.lab.world import CHECKOUT, World
from tests.rig.guest.build import ensure_iso

OUTPUT = CHECKOUT / ".demo"
_ARMED = 0.7
"""Seconds until the confirmation window takes clicks, and a little more."""
_BOOT = 240.0


class Steps:
    """Prints each step with the seconds since the beginning."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def say(self, text: str) -> None:
        """Print one step."""
        print(f"[{time.monotonic() - self._begun:6.1f} s] {text}", flush=True)


def main() -> int:
    """Exit status 0 when the guest answered and nothing was left behind."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--auto", action="store_true", help="click through by itself, without a window")
    parser.add_argument("--browser", choices=("chromium", "firefox"), default="chromium")
    options = parser.parse_args()
    steps = Steps()
    iso = ensure_iso()
    steps.say(f"boot image of the guest: {iso.stat().st_size / 2**20:.1f} MB")
    with World(iso) as world:
        steps.say(f"example site at {world.site}; VirtualBox {world.home.virtualbox.version}")
        if options.auto or not os.environ.get("DISPLAY"):
            return _click_through(world, options.browser, steps)
        return _leave_to_user(world, options.browser, steps)


def _click_through(world: World, browser_name: str, steps: Steps) -> int:
    OUTPUT.mkdir(exist_ok=True)
    with world.browser(browser_name) as browser:
        page = browser.open(f"{world.site}?memory=64&name=demo")
        steps.say(f"{browser.name} has opened the page")
        page.click("#start")
        window = browser.wait_for_window("confirm.html")
        steps.say("the extension asks the user in its own window")
        window.wait_until("document.querySelector('h1')?.innerText")
        time.sleep(_ARMED)
        _picture(window, "confirmation.png", steps)
        window.click("#allow")
        page.wait_until("document.querySelector('#state').innerText === 'running'", 120)
        steps.say("the virtual machine runs")
        answer = page.wait_until("document.querySelector('#answer').innerText", _BOOT)
        steps.say("the guest answered:")
        print("    " + str(answer).strip().replace("\n", "\n    "), flush=True)
        _picture(page, "page.png", steps)
        page.click("#close")
        page.wait_until("document.querySelector('#state').innerText === 'not started'", 60)
        steps.say("the session is closed")
    left = world.leftovers()
    steps.say(f"left behind: {', '.join(left) or 'nothing (no machine, no disk, no file)'}")
    return 1 if left else 0


def _picture(page: Page, name: str, steps: Steps) -> None:
    page.screenshot(OUTPUT / name)
    steps.say(f"screenshot: {(OUTPUT / name).relative_to(Path.cwd())}")


def _leave_to_user(world: World, browser_name: str, steps: Steps) -> int:
    with world.browser(browser_name, headless=False) as browser:
        browser.open(world.site)
        steps.say("click Start in the browser window; close the browser when you are done")
        while psutil.pid_exists(browser.pid) and browser.pages():
            time.sleep(0.5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
