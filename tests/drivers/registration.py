"""Tells a browser of a test where the native messaging host is."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

HOST = "ch.cern.cernvm.webapi"


def register_host(browser: str, profile: Path, home: Path, launcher: Path, extension: Path) -> Path:
    """Write the manifest of the native messaging host where this browser looks.

    Args:
        browser: "chromium" or "firefox".
        profile: the browser's profile folder (Chromium looks there).
        home: HOME of the browser (Firefox looks there).
        launcher: the program to start.
        extension: folder of the unpacked extension; its manifest names who may use the host.

    Returns:
        The path of the manifest.
    """
    manifest: dict[str, Any] = {"name": HOST, "description": "CernVM WebAPI", "path": str(launcher), "type": "stdio"}
    if browser == "chromium":
        folder = profile / "NativeMessagingHosts"
        manifest["allowed_origins"] = [f"chrome-extension://{chromium_id(extension)}/"]
    else:
        folder = home / ".mozilla/native-messaging-hosts"
        manifest["allowed_extensions"] = [firefox_id(extension)]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{HOST}.json"
    path.write_text(json.dumps(manifest, indent=2))
    return path


def chromium_id(extension: Path) -> str:
    """The id that Chromium derives from the manifest's `key`: half of its SHA-256, in letters a to p."""
    key = base64.b64decode(_manifest(extension)["key"])
    return "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(key).hexdigest()[:32])


def firefox_id(extension: Path) -> str:
    """The id that the manifest gives to Firefox."""
    return str(_manifest(extension)["browser_specific_settings"]["gecko"]["id"])


def _manifest(extension: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((extension / "manifest.json").read_text(encoding="utf-8"))
    return manifest
