"""Chromium, by playwright."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Playwright, sync_playwright
from playwright.sync_api import Page as PlaywrightPage

from tests.drivers import browser
from tests.drivers.browser import PATIENCE, Page, ScriptError, wait_for
from tests.drivers.registration import chromium_id

BINARY = "/usr/bin/chromium"
NO_UPDATES = "--disable-background-networking"
QUIET = ("--disable-component-update", "--disable-sync", "--no-first-run")


class Chromium(browser.Browser):
    """A Chromium with a profile of its own."""

    name = "chromium"

    def __init__(
        self,
        profile: Path,
        extension: Path | None,
        env: dict[str, str],
        headless: bool,
        dark: bool,
        lang: str,
        binary: Path | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self._id = chromium_id(extension) if extension else ""
        profile.mkdir(parents=True, exist_ok=True)
        self._playwright = _Shared.take()
        try:
            self._context = self._playwright.chromium.launch_persistent_context(
                str(profile),
                executable_path=binary or BINARY,
                headless=headless,
                no_viewport=True,
                color_scheme="dark" if dark else "light",
                locale=lang,
                args=[
                    # Root can't have the sandbox.
                    *(["--no-sandbox"] if os.geteuid() == 0 else []),
                    # It also takes one later: see `install`.
                    "--enable-unsafe-extension-debugging",
                    *([f"--load-extension={extension}"] if extension else []),
                    f"--lang={lang}",
                    "--remote-debugging-port=0",
                    *([NO_UPDATES] if extension else []),
                    *QUIET,
                    *arguments,
                ],
                # Without updates it would fetch no add-on that a policy wants either.
                ignore_default_args=[
                    "--disable-extensions",
                    "--disable-back-forward-cache",
                    *([] if extension else [NO_UPDATES]),
                ],
                env={**os.environ, **env},
            )
        except BaseException:
            _Shared.give_back()
            raise
        self._context.set_default_timeout(PATIENCE * 1000)
        self.control = _control_address(profile)
        self.pid = int(str((profile / "SingletonLock").readlink()).rpartition("-")[2])

    def open(self, url: str) -> Page:
        page = self._context.new_page()
        page.goto(url)
        return ChromiumPage(page)

    def pages(self) -> list[Page]:
        self._listen()
        return [ChromiumPage(page) for page in self._context.pages]

    def extension_url(self, path: str) -> str:
        return f"chrome-extension://{self._id}/{path}"

    def install(self, extension: Path) -> None:
        assert self._context.browser
        session = self._context.browser.new_browser_cdp_session()
        self._id = str(session.send("Extensions.loadUnpacked", {"path": str(extension)})["id"])
        session.detach()

    def kill_background(self) -> None:
        assert self._context.browser
        session = self._context.browser.new_browser_cdp_session()
        for target in session.send("Target.getTargets")["targetInfos"]:
            if target["type"] == "service_worker" and target["url"].startswith(self.extension_url("")):
                session.send("Target.closeTarget", {"targetId": target["targetId"]})
        session.detach()

    def update_extension(self, extension: Path) -> None:
        # What was loaded before under that id is replaced. runtime.reload() refuses a folder whose version has changed.
        self.install(extension)

    def discard_and_return(self, url: str, other: str) -> Page:
        find = f"(await chrome.tabs.query({{}})).find((tab) => tab.url === {json.dumps(url)})"
        tab = self._background(f"(async () => (await chrome.tabs.discard({find}.id)).id)()")
        wait_for(lambda: not self.find_window(url), "the page to go")
        self._background(f"chrome.tabs.update({tab}, {{active: true}}).then(() => 1)")
        return self.wait_for_window(url)

    def _background(self, script: str) -> Any:
        """Evaluate in the extension's background."""
        self._listen()
        return self._context.service_workers[-1].evaluate(script)

    def close(self) -> None:
        with contextlib.suppress(Error):
            self._context.close()
        _Shared.give_back()

    def _listen(self) -> None:
        # Playwright learns of new windows only while one of its own calls runs.
        if self._context.pages:
            with contextlib.suppress(Error):
                self._context.pages[0].wait_for_timeout(1)


class ChromiumPage(Page):
    """A tab or window of Chromium."""

    def __init__(self, page: PlaywrightPage) -> None:
        self._page = page

    @property
    def url(self) -> str:
        return self._page.url

    def evaluate(self, script: str) -> Any:
        try:
            return self._page.evaluate(f"async () => ({script})")
        except Error as error:
            raise ScriptError(error.message) from None

    def stop_background(self) -> None:
        """End the service worker of the extension whose page this is, as the browser may at any time."""
        session = self._page.context.new_cdp_session(self._page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def _click(self, selector: str, at_once: bool) -> None:
        with self._may_vanish():
            self._page.click(selector, force=at_once)

    def _press(self, key: str) -> None:
        with self._may_vanish():
            self._page.keyboard.press(key)

    def chord(self, *keys: str) -> None:
        with self._may_vanish():
            for key in keys:
                self._page.keyboard.down(key)
            for key in reversed(keys):
                self._page.keyboard.up(key)

    def screenshot(self, path: Path) -> None:
        self._page.screenshot(path=path, full_page=True)

    def resize(self, width: int, height: int) -> None:
        self._page.set_viewport_size({"width": width, "height": height})

    def goto(self, url: str) -> None:
        self._page.goto(url)

    def back(self) -> None:
        # Playwright waits for a load that never comes when the page was kept.
        with contextlib.suppress(Error):
            self._page.go_back(wait_until="commit", timeout=3000)

    def close(self) -> None:
        self._page.close()

    @property
    def closed(self) -> bool:
        with contextlib.suppress(Error):
            self._page.wait_for_timeout(1)
        return self._page.is_closed()

    @contextlib.contextmanager
    def _may_vanish(self) -> Iterator[None]:
        # What was pressed may have closed the window before the answer.
        gone_before = self._page.is_closed()
        try:
            yield
        except Error:
            if gone_before or not self._page.is_closed():
                raise


def _control_address(profile: Path) -> str:
    port = (profile / "DevToolsActivePort").read_text().split()[0]
    return f"http://127.0.0.1:{port}"


class _Shared:
    """One playwright for all browsers of a process: a second one in a thread is refused by playwright."""

    playwright: Playwright | None = None
    users = 0

    @classmethod
    def take(cls) -> Playwright:
        if cls.playwright is None:
            cls.playwright = sync_playwright().start()
        cls.users += 1
        return cls.playwright

    @classmethod
    def give_back(cls) -> None:
        cls.users -= 1
        if cls.users == 0 and cls.playwright:
            cls.playwright.stop()
            cls.playwright = None
