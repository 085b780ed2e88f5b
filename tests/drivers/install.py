"""Installs Debian's browsers, and a display for them, where they are missing: `python -m tests.drivers.install`."""

from __future__ import annotations

import sys

from tests.rig import cache, packages

_NEEDED = {
    "chromium": "/usr/bin/chromium",
    "firefox-esr": "/usr/bin/firefox-esr",
    # Chromium has all languages, Firefox takes them from packages.
    "firefox-esr-l10n-de": "/usr/lib/firefox-esr/browser/extensions/langpack-de@firefox-esr.mozilla.org.xpi",
    # Kiosks and full screens are none without a display.
    "xvfb": "/usr/bin/Xvfb",
}


def main() -> int:
    """Exit status 1, with a sentence, when they can't be had."""
    log = cache.root() / "logs" / "browsers.log"
    log.parent.mkdir(exist_ok=True)
    try:
        packages.install_missing(_NEEDED, log)
    except (cache.RigError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
