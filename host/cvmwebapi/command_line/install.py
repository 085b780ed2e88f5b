"""``cernvm-webapi install``: tell the browsers of this user where the native messaging host is."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from cvmwebapi import files

HOST = "ch.cern.cernvm.webapi"
FIREFOX_ID = "webapi@cernvm.cern.ch"
CHROMIUM_ID = "fkinnlooacjhbcmhphjdbnmnjealbgif"
DESCRIPTION = "CernVM WebAPI: runs virtual machines for websites, with the user's consent"

# Under the user's home; Linux only until the other systems are built.
_CHROMIUM = {"chromium": ".config/chromium", "chrome": ".config/google-chrome"}


def manifest(family: str, launcher: Path) -> dict[str, Any]:
    """The native messaging manifest for a ``family`` of browsers, ``chromium`` or ``firefox``."""
    common = {"name": HOST, "description": DESCRIPTION, "path": str(launcher), "type": "stdio"}
    if family == "firefox":
        return {**common, "allowed_extensions": [FIREFOX_ID]}
    return {**common, "allowed_origins": [f"chrome-extension://{CHROMIUM_ID}/"]}


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("install", help="register the native messaging host with this user's browsers")
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    found = shutil.which("cernvm-webapi")
    launcher = Path(found or sys.argv[0]).resolve()
    home = Path.home()
    folders = [("firefox", home / ".mozilla")]
    folders += [("chromium", home / folder) for folder in _CHROMIUM.values()]
    for family, folder in folders:
        name = "native-messaging-hosts" if family == "firefox" else "NativeMessagingHosts"
        place = folder / name / f"{HOST}.json"
        files.write_private(place, json.dumps(manifest(family, launcher), indent=2).encode())
        print(f"registered with {place}")
    return 0
