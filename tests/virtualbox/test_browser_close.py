"""What becomes of running machines when the browser goes: the user's setting `on_browser_close`."""

from __future__ import annotations

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient
from tests.virtualbox.sessions import eventually, request, started

pytestmark = pytest.mark.virtualbox


@pytest.mark.parametrize(("wish", "word", "state"), [("keep", "running", 5), ("save", "saved", 3),
                                                     ("poweroff", "poweroff", 2)])  # fmt: skip
def test_the_wish_is_done(world: World, wish: str, word: str, state: int) -> None:
    world.write_settings(on_browser_close=wish)
    try:
        with HostClient(world.environment, HOST) as host:
            session = started(host, world, f"close-{wish}")
        (vm,) = world.home.vms().values()
        # A host that comes at once waits for what the last one has begun.
        with HostClient(world.environment, HOST) as host:
            eventually(lambda: host.call("reopenSession", session=session)["state"] == state)
            assert world.home.info(vm)["VMState"] == word
            assert host.call("start", session=session)["state"] == 5
            host.call("close", session=session)
    finally:
        world.write_settings()
    assert world.leftovers() == []


def test_a_machine_that_another_browser_shows_is_left_alone(world: World) -> None:
    world.write_settings(on_browser_close="save")
    try:
        with HostClient(world.environment, HOST) as other:
            with HostClient(world.environment, HOST) as host:
                session = started(host, world, "two-browsers")
                request(other, world, "two-browsers")
            assert other.call("pause", session=session)["state"] == 4
            assert other.call("resume", session=session)["state"] == 5
        (vm,) = world.home.vms().values()
        eventually(lambda: 'VMState="saved"' in peek(world, vm))
        with HostClient(world.environment, HOST) as host:
            host.call("close", session=request(host, world, "two-browsers")["session"])
    finally:
        world.write_settings()
    assert world.leftovers() == []


def peek(world: World, vm: str) -> str:
    """What VirtualBox says; nothing while it is about to save."""
    try:
        return world.home.run("showvminfo", vm, "--machinereadable")
    except VBoxManageError:
        return ""
