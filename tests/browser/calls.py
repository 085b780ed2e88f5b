"""Calls of a page, and what it learns of their failure."""

from __future__ import annotations

import json
from typing import Any

import psutil

from tests.drivers.browser import Browser, Page


def request_session(url: str) -> str:
    """The expression that requests a session."""
    return f"CVM.connect().then((plugin) => plugin.requestSession({json.dumps(url)}))"


def begin(page: Page, promise: str) -> None:
    """Start something; `outcome` waits for it."""
    page.evaluate(
        f"""void (window.outcome = null, {promise}.then(
            (value) => {{ window.mine = value; window.outcome = {{name: "no error"}}; }},
            (error) => {{
                const {{name, code, message, fix}} = error;
                window.outcome = {{name, code, message, fix, isError: error instanceof Error}};
            }}))"""
    )


def outcome(page: Page, seconds: float = 60) -> dict[str, Any]:
    """How it ended: the error's fields, or the name "no error". What it gave is then `window.mine`."""
    got: dict[str, Any] = page.wait_until("window.outcome", seconds)
    return got


def failure(page: Page, promise: str) -> dict[str, Any]:
    """Start something and wait for its end."""
    begin(page, promise)
    return outcome(page)


def decide(browser: Browser, button: str) -> None:
    """Click a button of the confirmation window, as soon as it takes clicks, and see it go."""
    window = browser.wait_for_window("confirm.html")
    window.click(button)
    window.wait_closed()


def kill_hosts(browser: Browser) -> None:
    """As a crash would: nothing is said to anybody."""
    family = psutil.Process(browser.pid).children(recursive=True)
    hosts = [it for it in family if any(word.endswith("bin/cernvm-webapi") for word in it.cmdline())]
    assert hosts
    for host in hosts:
        host.kill()
