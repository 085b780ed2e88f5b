"""Real browsers under remote control, with the extension loaded: one small interface for Chromium and Firefox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.drivers.browser import Browser

NAMES = ("chromium", "firefox")


def launch(
    name: str,
    profile: Path,
    extension: Path | None,
    env: dict[str, str] | None = None,
    headless: bool = True,
    dark: bool = False,
    lang: str = "en-US",
    binary: Path | None = None,
    arguments: Sequence[str] = (),
) -> Browser:
    """Start a browser with the unpacked extension.

    Args:
        name: "chromium" or "firefox".
        profile: folder of the profile, made if missing.
        extension: folder of the unpacked extension; None: the browser has it from elsewhere.
        env: variables on top of this process's own; HOME decides where Firefox looks for native messaging hosts.
        headless: without a display; else DISPLAY of `env` or of this process is used.
        dark: whether pages are told that the user prefers dark colours.
        lang: the browser's language.
        binary: another program than Debian's browser.
        arguments: further ones of its command line, such as --kiosk.
    """
    if name == "chromium":
        from tests.drivers.chromium import Chromium

        return Chromium(profile, extension, env or {}, headless, dark, lang, binary, arguments)
    from tests.drivers.firefox import Firefox

    return Firefox(profile, extension, env or {}, headless, dark, lang, binary, arguments)
