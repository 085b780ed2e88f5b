from __future__ import annotations

import hashlib
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


def test_salts_differ() -> None:
    assert len({new_salt() for _ in range(100)}) == 100
