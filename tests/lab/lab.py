"""The same real parts, left running for experiments: `make lab`. Ctrl-C or SIGTERM ends and cleans up."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from tests.drivers.registration import chromium_id, firefox_id
from tests.lab.world import EXTENSION, World
from tests.rig import cache
from tests.rig.guest.build import ensure_iso


def main() -> int:
    """Prints one JSON line when all is ready, then waits."""
    parser = argparse.ArgumentParser(prog="make lab", description=__doc__)
    parser.add_argument("--browser", choices=("chromium", "firefox"), default="chromium")
    parser.add_argument("--site", type=Path, help="folder to serve as the site; default: the example")
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with World(ensure_iso(), options.site) as world, world.browser(options.browser) as browser:
        browser.open(world.site)
        facts = {
            "site": world.site,
            "vmcp": world.vmcp,
            "browser": options.browser,
            "control": browser.control,
            "pid": browser.pid,
            "extension": chromium_id(EXTENSION) if options.browser == "chromium" else firefox_id(EXTENSION),
            "extensionUrl": browser.extension_url(""),
            "key": str(world.site_key),
            "vboxmanage": str(world.home.vboxmanage),
            "home": str(world.folder),
            "data": str(world.data_folder),
        }
        print(json.dumps(facts), flush=True)
        cache.say("ready; Ctrl-C ends it")
        ended.wait()
        cache.say("cleaning up")
    return 0


if __name__ == "__main__":
    sys.exit(main())
