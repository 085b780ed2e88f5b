"""What every driver offers."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

#: Seconds that things on a busy machine may take.
PATIENCE = 60.0


class Page(ABC):
    """A tab, or a window of the extension."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Its present address."""

    @abstractmethod
    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression in the page's own world, as JSON; a promise is awaited.

        Raises:
            ScriptError: when it throws or rejects.
        """

    @abstractmethod
    def _click(self, selector: str, at_once: bool) -> None: ...

    @abstractmethod
    def _press(self, key: str) -> None: ...

    @abstractmethod
    def chord(self, *keys: str) -> None:
        """Press keys one after the other, and let go of them in the opposite order, whatever has the focus."""

    @abstractmethod
    def screenshot(self, path: Path) -> None:
        """Write what is visible as PNG."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Give it so many CSS pixels; half of its size is what a zoom of 200 % leaves."""

    @abstractmethod
    def goto(self, url: str) -> None:
        """Navigate, and wait for the page to load."""

    @abstractmethod
    def back(self) -> None:
        """To the page before, as the button does; the browser may have kept it as it was."""

    @abstractmethod
    def close(self) -> None:
        """Close it, as a user does."""

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Whether it is gone."""

    def click(self, selector: str, at_once: bool = False) -> None:
        """A trusted click in the middle of the element, once that is there and not `aria-disabled`.

        `at_once`: even when it is still `aria-disabled`, as a hasty user would.
        """
        if not at_once:
            self.wait_until(f"(document.querySelector({selector!r})?.ariaDisabled ?? 'false') === 'false'")
        self._click(selector, at_once)

    def press(self, key: str, at_once: bool = False) -> None:
        """A trusted key press: "Enter", "Tab", "Escape", or a character, once what has the focus takes it.

        `at_once`: even when it is still `aria-disabled`.
        """
        if not at_once:
            self.wait_until("(document.activeElement?.ariaDisabled ?? 'false') === 'false'")
        self._press(key)

    def text(self, selector: str) -> str:
        """The text that the element shows."""
        return str(self.evaluate(f"document.querySelector({selector!r}).innerText"))

    def wait_until(self, script: str, timeout: float = PATIENCE) -> Any:
        """The value of an expression, once it is truthy."""
        return wait_for(lambda: self.evaluate(script), f"{script} in {self.url}", timeout)

    def wait_closed(self, timeout: float = PATIENCE) -> None:
        """Return once it is gone."""
        wait_for(lambda: self.closed, "the window to close", timeout)


class Browser(ABC):
    """A running browser. Also a context manager that closes it."""

    #: "chromium" or "firefox"
    name: str
    #: Address for remote control by others (Chromium: DevTools over HTTP; Firefox: WebDriver BiDi web socket).
    control: str
    #: Process id of the browser.
    pid: int

    @abstractmethod
    def open(self, url: str) -> Page:
        """A new tab with that address, loaded."""

    @abstractmethod
    def pages(self) -> list[Page]:
        """All tabs and windows."""

    @abstractmethod
    def extension_url(self, path: str) -> str:
        """Address of a file of the extension."""

    @abstractmethod
    def install(self, extension: Path) -> None:
        """Add the unpacked extension now, to a browser that was started without one."""

    @abstractmethod
    def kill_background(self) -> None:
        """End the extension's background, as the browser does when it needs the memory."""

    @abstractmethod
    def update_extension(self, extension: Path) -> None:
        """Load the extension again from its folder, in which there is a newer version now."""

    @abstractmethod
    def discard_and_return(self, url: str, other: str) -> Page:
        """Have the page at `url` thrown out of memory while the one at `other` is shown; then return to it."""

    @abstractmethod
    def close(self) -> None:
        """End the browser, as a user does."""

    def find_window(self, part: str) -> Page | None:
        """A tab or window whose address contains `part`, or None."""
        return next((page for page in self.pages() if part in page.url), None)

    def wait_for_window(self, part: str, timeout: float = PATIENCE) -> Page:
        """The first tab or window whose address contains `part`, loaded."""
        page = wait_for(lambda: self.find_window(part), f"a window at {part}", timeout)
        page.wait_until("document.readyState === 'complete'")
        return page

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ScriptError(Exception):
    """A script in a page failed."""


def wait_for(look: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
    """The first truthy value of `look`, asked for often.

    Raises:
        TimeoutError: when there is none within `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while not (value := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout:.0f} s for {what}")
        time.sleep(0.03)
    return value
