from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cvmwebapi.system import files


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
