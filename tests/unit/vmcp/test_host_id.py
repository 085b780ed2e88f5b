from __future__ import annotations

import hashlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cvmwebapi.vmcp.host_id import host_id, local_id
from cvmwebapi.vmcp.salt import new_salt


def test_host_id_is_as_specified() -> None:
    assert host_id("me", "example.org") == hashlib.sha256(b"me|example.org").hexdigest()
    assert host_id("me", "example.org") != host_id("me", "other.example")


def test_local_id_stays(tmp_path: Path) -> None:
    first = local_id(tmp_path)
    assert local_id(tmp_path) == first
    assert local_id(tmp_path / "another account") != first
    assert (tmp_path / "local-id").stat().st_mode & 0o777 == 0o600
    assert re.fullmatch("[0-9a-f]{64}", first)
    # Hosts of all versions wait for each other here.
    assert (tmp_path / "locks" / "local-id").exists()


def test_a_known_local_id_is_taken_also_with_a_line_feed(tmp_path: Path) -> None:
    (tmp_path / "local-id").write_text("0123456789abcdef" * 4 + "\n")
    assert local_id(tmp_path) == "0123456789abcdef" * 4
    assert not (tmp_path / "locks").exists(), "nothing is locked to read it"


def test_an_id_that_cannot_be_read_is_an_error_and_no_new_one(tmp_path: Path) -> None:
    (tmp_path / "local-id").mkdir()
    with pytest.raises(OSError):
        local_id(tmp_path)


def test_without_a_folder_it_is_kept_among_the_data(own_folders: Path) -> None:
    assert local_id() == local_id(own_folders / "data")


def test_many_at_once_get_one_id(tmp_path: Path) -> None:
    for attempt in range(20):
        folder, gate = tmp_path / str(attempt), threading.Barrier(8)

        def first_use(folder: Path = folder, gate: threading.Barrier = gate) -> str:
            gate.wait()
            return local_id(folder)

        with ThreadPoolExecutor(8) as hosts:
            told = [hosts.submit(first_use) for _ in range(8)]
        assert {each.result() for each in told} == {local_id(folder)}


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_damaged_local_id_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "local-id").write_bytes(content)
    assert len(local_id(tmp_path)) == 64
    assert local_id(tmp_path) == local_id(tmp_path)


def test_salts_differ_and_are_made_of_all_that_is_allowed() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100 and {len(salt) for salt in salts} == {64}
    assert set("".join(salts)) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
