"""What a page is told when the host is missing, of another age, or not for us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import drivers
from tests.extension.conftest import Stage

pytestmark = pytest.mark.browser

CONNECT = "CVM.connect().then(() => 'connected', ({name, code, message, fix}) => ({name, code, message, fix}))"


@pytest.mark.parametrize("name", drivers.NAMES)
def test_host_problems_are_told_apart_and_end_when_mended(name: str, tmp_path: Path, site: str) -> None:
    stage = Stage(name, tmp_path)
    with stage.browser:
        page = stage.browser.open(site)
        seen = {}

        stage.manifest.unlink()
        seen["missing"] = page.evaluate(CONNECT)

        stage.register(protocol=0)
        seen["old"] = page.evaluate(CONNECT)

        stage.register(protocol=2)
        seen["new"] = page.evaluate(CONNECT)

        stage.register()
        manifest = json.loads(stage.manifest.read_text())
        key, stranger = (
            ("allowed_origins", f"chrome-extension://{'a' * 32}/")
            if name == "chromium"
            else ("allowed_extensions", "someone@example.org")
        )
        stage.manifest.write_text(json.dumps({**manifest, key: [stranger]}))
        seen["forbidden"] = page.evaluate(CONNECT)

        stage.register()
        stage.launcher.write_text("#!/bin/sh\nexit 3\n")
        seen["broken"] = page.evaluate(CONNECT)

        stage.register()
        seen["repaired"] = page.evaluate(CONNECT)

    assert {what: error if isinstance(error, str) else error["name"] for what, error in seen.items()} == {
        "missing": "hostMissing",
        "old": "hostTooOld",
        "new": "extensionTooOld",
        # Firefox says of a program that is for other extensions that there is none.
        "forbidden": "hostForbidden" if name == "chromium" else "hostMissing",
        "broken": "hostCrashed",
        "repaired": "connected",
    }
    for error in seen.values():
        assert isinstance(error, str) or (error["code"] < 0 and error["message"] and error["fix"])
