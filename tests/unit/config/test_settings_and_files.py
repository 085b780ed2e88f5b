from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from cvmwebapi.config import settings
from cvmwebapi.errors import CVMError
from cvmwebapi.system import files


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


def test_private_files_are_for_their_owner_and_replace_whole(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "file"
    for content in (b"one", b"two"):
        files.write_private(file, content)
        assert file.read_bytes() == content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_a_lock_keeps_others_out_until_it_is_let_go(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    entered = threading.Event()

    def other() -> None:
        with files.locked(lock, seconds=10):
            entered.set()

    with files.locked(lock):
        thread = threading.Thread(target=other)
        thread.start()
        assert not entered.wait(0.3)
        with pytest.raises(TimeoutError), files.locked(lock, seconds=0.1):
            pass
    thread.join(5)
    assert entered.is_set()
