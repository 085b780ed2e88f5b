"""What the user is told of the download before agreeing, and that what is here is not asked for again."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient
from tests.virtualbox.sessions import request

pytestmark = pytest.mark.virtualbox


@pytest.fixture
def host(world: World) -> Iterator[HostClient]:
    with HostClient(world.environment, HOST) as client:
        yield client
        client.call("removeSite", {"kind": "extension"}, domain="localhost", machines=True)
    assert world.leftovers() == []


def asked(host: HostClient, world: World, name: str, **parameters: Any) -> tuple[str, dict[str, Any]]:
    """The session, and what its question told."""
    session = request(host, world, name, **parameters)["session"]
    return session, host.questions[-1]["details"]


def test_a_release_is_fetched_once_and_needs_no_network_then(host: HostClient, world: World) -> None:
    iso = next(world.releases.rglob("*.iso"))
    first, details = asked(host, world, "first", version="2.0-1")
    assert details["download"] == math.ceil(iso.stat().st_size / 2**20)
    assert host.call("start", session=first)["state"] == 5
    away = world.releases.rename(world.releases.with_name("away"))
    try:
        second, details = asked(host, world, "second", version="2.0-1")
        assert details["download"] == 0
        assert host.call("start", session=second)["state"] == 5
        # Which release is the latest can't be told now.
        assert "download" not in asked(host, world, "third")[1]
    finally:
        away.rename(world.releases)
    assert asked(host, world, "fourth")[1]["download"] == 0


def test_a_disk_s_size_is_its_server_s_word(host: HostClient, world: World) -> None:
    content = os.urandom(3 * 2**20 + 1)
    (world.served / "disk.img").write_bytes(content)
    disk = {"diskURL": f"{world.files}/disk.img", "diskChecksum": hashlib.sha256(content).hexdigest(), "flags": 3}
    assert asked(host, world, "disk", **disk)[1]["download"] == 4
    (world.served / "disk.img").unlink()
    assert "download" not in asked(host, world, "gone", **disk)[1]
