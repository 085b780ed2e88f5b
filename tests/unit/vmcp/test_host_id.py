from __future__ import annotations

import hashlib
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


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_damaged_local_id_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "local-id").write_bytes(content)
    assert len(local_id(tmp_path)) == 64
    assert local_id(tmp_path) == local_id(tmp_path)


def test_salts_differ() -> None:
    assert len({new_salt() for _ in range(100)}) == 100
