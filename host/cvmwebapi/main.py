"""One command for two callers: a browser starts it as native messaging host, a person as command line."""

from __future__ import annotations

import sys


def started_by_browser(arguments: list[str]) -> bool:
    """Whether these are a browser's arguments: Chromium passes the extension's origin, Firefox manifest path and id."""
    if not arguments:
        return False
    return arguments[0].startswith("chrome-extension://") or (
        len(arguments) >= 2 and arguments[0].endswith("ch.cern.cernvm.webapi.json") and "@" in arguments[1]
    )


def main() -> None:
    """Entry point; ends the process with the exit status."""
    if started_by_browser(sys.argv[1:]):
        # Nothing else is imported before the handshake: the page waits for it.
        from cvmwebapi.entry.host import serve

        serve()
    from cvmwebapi.command_line import run

    sys.exit(run(sys.argv[1:]))
