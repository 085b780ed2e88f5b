"""Machines in real trouble: crashed, out of disk, without their port. The page hears why, and what can heal heals."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig import chroot
from tests.rig.root import as_root
from tests.stdio.client import HostClient
from tests.virtualbox.disk_filler import disk_filler_iso
from tests.virtualbox.sessions import by_hand, eventually, request, snapshot_of, started

pytestmark = pytest.mark.virtualbox


def test_a_killed_machine_is_started_again_twice_and_then_given_up(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "mortal")
        for deaths in (1, 2, 3):
            runs = host.args_of("stateChanged").count([5])
            assert world.home.kill("VBoxHeadless")
            eventually(lambda deaths=deaths: len(host.args_of("failure")) >= deaths)
            if deaths < 3:
                eventually(lambda runs=runs: host.args_of("stateChanged").count([5]) == runs + 1)
        eventually(lambda: host.args_of("failure")[-1] == [8 + 16])
        assert host.args_of("failure")[:3] == [[8], [8], [8]]
        assert snapshot_of(host)["problem"]["name"] == "machineNotHealed" and snapshot_of(host)["state"] == 2
        assert "killed or crashed" in host.args_of("failed")[-1][0]
        assert host.call("start", session=session)["problem"] is None
        host.call("close", session=session)
    assert world.leftovers() == []


def test_a_stopped_machine_stays_stopped(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "stopped")
        (vm,) = world.home.vms().values()
        world.home.run("controlvm", vm, "poweroff")
        eventually(lambda: host.args_of("stateChanged")[-1] == [2])
        host.call("sync", session=session)
        assert not host.args_of("failure") and host.call("sync", session=session)["state"] == 2
        host.call("close", session=session)


def test_a_taken_port_is_replaced(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "port")
        host.call("stop", session=session)
        (vm,) = world.home.vms().values()
        with socket.socket() as thief:
            thief.bind(("127.0.0.1", 0))
            thief.listen()
            taken = thief.getsockname()[1]
            # Started in VirtualBox's own window, with a rule for a port that is in use.
            by_hand(world, "modifyvm", vm, "--natpf1", "delete", "api", "--natpf1", f"api,tcp,127.0.0.1,{taken},,80")
            by_hand(world, "startvm", vm, "--type", "headless")
            eventually(lambda: world.home.info(vm).get("Forwarding(0)", "").split(",")[3:4] not in ([], [str(taken)]))
        port = world.home.info(vm)["Forwarding(0)"].split(",")[3]
        eventually(lambda: snapshot_of(host)["apiURL"] == f"http://127.0.0.1:{port}")
        with socket.create_connection(("127.0.0.1", int(port)), 5):
            pass
        host.call("close", session=session)


def test_a_port_taken_while_the_machine_was_off_is_replaced_at_its_start(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = request(host, world, "port-off")["session"]
        old = int(host.call("start", session=session)["apiURL"].rpartition(":")[2])
        for way in ("stop", "hibernate"):
            host.call(way, session=session)
            with socket.socket() as thief:
                eventually(lambda thief=thief, old=old: taken(thief, old))
                new = int(host.call("start", session=session)["apiURL"].rpartition(":")[2])
            assert new != old, way
            old = new
        host.call("close", session=session)


def taken(thief: socket.socket, port: int) -> bool:
    with contextlib.suppress(OSError):
        thief.bind(("127.0.0.1", port))
        thief.listen()
        return True
    return False


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own at `folder`, which the chroot of the rig sees too."""
    folder.mkdir(parents=True, exist_ok=True)
    inside = chroot.ensure() / folder.relative_to("/")
    subprocess.run(as_root("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", folder), check=True)
    try:
        subprocess.run(as_root("mount", "--bind", folder, inside), check=True)
        try:
            yield
        finally:
            subprocess.run(as_root("umount", "-l", inside), check=True)
    finally:
        subprocess.run(as_root("umount", "-l", folder), check=True)


@pytest.fixture
def full_world() -> Iterator[World]:
    """A world with 40 MB for its machines, whose guest fills its disk."""
    with World(disk_filler_iso()) as world:
        if world.home.virtualbox.kind != "rig":
            pytest.fail("this test mounts a small disk into the rig's chroot: set CERNVM_WEBAPI_RIG=always")
        with small_disk(world.data_folder / "machines", 40):
            world.write_settings(min_free_disk=4)
            yield world
            world.home.stop()


def test_a_full_disk_pauses_the_machine_and_room_lets_it_go_on(full_world: World) -> None:
    world = full_world
    ballast = world.data_folder / "machines" / "ballast"
    with HostClient(world.environment, HOST) as host:
        ballast.write_bytes(b"x" * (20 << 20))
        session = request(host, world, "filler", disk=4000)["session"]
        host.call("start", session=session)
        eventually(lambda: [4] in host.args_of("failure"), 120)
        eventually(lambda: snapshot_of(host)["state"] == 4)
        assert snapshot_of(host)["problem"]["name"] == "hostDiskFull"
        assert "disk space" in snapshot_of(host)["problem"]["fix"]
        before = len(host.args_of("vars"))
        ballast.unlink()
        # The guest goes on writing: the disk may soon be full again.
        eventually(
            lambda: any(
                (snapshot["state"], snapshot["problem"]) == (5, None) for (snapshot,) in host.args_of("vars")[before:]
            )
        )
        host.call("close", session=session)
    assert world.leftovers() == []
