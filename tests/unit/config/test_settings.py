from __future__ import annotations

import json
from pathlib import Path

import pytest
from cvmwebapi.config import settings
from cvmwebapi.errors import CVMError


def test_missing_settings_are_the_built_in_ones(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "none.json") == settings.Settings()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"relases": "x"}', '{"min_free_disk": "1"}', '{"keystores": [{"url": "x"}]}', "\x00"]
)
def test_settings_that_cannot_be_understood_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    with pytest.raises(CVMError, match="can't be used"):
        settings.load(file)


def test_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"releases": "http://a", "keystores": [{"url": "http://u", "root_key": "k"}]}))
    loaded = settings.load(file)
    assert loaded.releases == "http://a" and loaded.keystores == (settings.Keystore("http://u", "k"),)
