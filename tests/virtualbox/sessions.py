"""What the tests of a session's life share: opening one, and waiting for the host to say something."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.lab.world import World
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient


def request(host: HostClient, world: World, name: str, **parameters: Any) -> dict[str, Any]:
    """Open a session of a small machine."""
    query = urlencode({"name": name, "memory": 64, "disk": 64, **parameters})
    return host.call("requestSession", url=f"{world.vmcp}?{query}")


def started(host: HostClient, world: World, name: str, **parameters: Any) -> str:
    """The id of a session whose machine runs."""
    session: str = request(host, world, name, **parameters)["session"]
    assert host.call("start", session=session)["state"] == 5
    return session


def eventually(truth: Callable[[], Any], seconds: float = 60.0) -> float:
    """Wait until `truth` holds; the seconds that it took."""
    begun = time.monotonic()
    while not truth():
        assert time.monotonic() - begun < seconds, "it never came true"
        time.sleep(0.02)
    return time.monotonic() - begun


def snapshot_of(host: HostClient) -> dict[str, Any]:
    """The last one that the host sent by itself."""
    found = host.args_of("vars")
    snapshot: dict[str, Any] = found[-1][0] if found else {}
    return snapshot


def by_hand(world: World, *words: str) -> None:
    """A call of VBoxManage as a person makes it: again, while VirtualBox still holds the machine."""

    def done() -> bool:
        try:
            world.home.run(*words)
        except VBoxManageError as error:
            if "0x80bb0007" not in str(error).lower():
                raise
            return False
        return True

    eventually(done)
