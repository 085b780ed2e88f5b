from __future__ import annotations

import json
from pathlib import Path

import pytest
from cvmwebapi.command_line import install, run

from tests.drivers.registration import chromium_id, firefox_id
from tests.lab.world import EXTENSION


def test_the_ids_are_those_of_the_extension() -> None:
    assert chromium_id(EXTENSION) == install.CHROMIUM_ID
    assert firefox_id(EXTENSION) == install.FIREFOX_ID


def test_install_registers_the_host_for_this_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["install"]) == 0
    manifests = sorted(tmp_path.rglob("ch.cern.cernvm.webapi.json"))
    assert len(manifests) == 3
    for manifest in manifests:
        content = json.loads(manifest.read_text())
        assert content["name"] == install.HOST and Path(content["path"]).is_absolute()
        assert ("allowed_extensions" in content) == (".mozilla" in manifest.parts)
