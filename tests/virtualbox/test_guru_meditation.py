"""A guest that crashes its processor: VirtualBox's guru meditation, with the machine's process still there."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient
from tests.virtualbox.boot_sector import boot_iso
from tests.virtualbox.sessions import eventually, snapshot_of, started

pytestmark = pytest.mark.virtualbox
_SPACE = ("39", "b9")
# Waits for a key, then takes an exception without a table of handlers: a triple fault.
_CODE = bytes.fromhex(
    "31c0"  # xor ax, ax
    "8ed8"  # mov ds, ax
    "30e4"  # xor ah, ah
    "cd16"  # int 0x16: wait for a key
    "0f011e107c"  # lidt [0x7c10]: the zeros below
    "cc"  # int3
).ljust(0x18, b"\0")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(boot_iso("triple-fault-iso", "1", _CODE)) as made:
        yield made


def crash(world: World) -> None:
    """Press a key until the guest has taken it."""

    def crashed() -> bool:
        with contextlib.suppress(VBoxManageError):
            world.home.run("controlvm", machine_of(world), "keyboardputscancode", *_SPACE)
        time.sleep(0.3)
        return "Guru Meditation" in logged(world)

    assert "Guru Meditation" not in logged(world)
    eventually(crashed, 120)


def logged(world: World) -> str:
    (log,) = (world.data_folder / "machines").glob("*/*/Logs/VBox.log")
    return log.read_text("utf-8", "replace")


def machine_of(world: World) -> str:
    (machine,) = world.home.vms().values()
    return machine


def state(world: World) -> str:
    """VirtualBox's word for it."""
    return str(world.home.info(machine_of(world))["VMState"])


def doctor(world: World, *options: str) -> list[str]:
    """The findings of the check of machines."""
    command = [*HOST, "doctor", "machines", "--json", *options]
    done = subprocess.run(command, env=world.environment, capture_output=True, text=True, check=False)
    return [row["advice"] for row in json.loads(done.stdout)["checks"]]


def left_running(world: World, name: str) -> str:
    """The id of a session whose host was killed while its machine ran."""
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, name)
        os.kill(host.process.pid, signal.SIGKILL)
        host.process.wait()
    return session


@pytest.mark.timeout(400)
def test_the_page_hears_of_it_and_the_machine_runs_again(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "guru")
        crash(world)
        eventually(lambda: [8] in host.args_of("failure"), 120)
        eventually(lambda: (snapshot_of(host)["state"], snapshot_of(host)["problem"]) == (5, None), 120)
        problems = [snapshot["problem"]["name"] for (snapshot,) in host.args_of("vars") if snapshot["problem"]]
        assert set(problems) == {"machineCrashed"} and not host.args_of("failed")
        assert host.args_of("stateChanged")[-2:] == [[2], [5]] and state(world) == "running"
        assert host.call("stop", session=session)["state"] == 2
        assert host.call("start", session=session)["state"] == 5
        host.call("close", session=session)
    assert world.leftovers() == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("wish", ["start", "stop", "close"])
def test_what_crashed_while_no_host_looked_is_ended_by_whatever_is_wished(world: World, wish: str) -> None:
    session = left_running(world, wish)
    crash(world)
    assert state(world) == "gurumeditation"
    with HostClient(world.environment, HOST) as host:
        host.hello()
        host.call("reopenSession", session=session)
        host.call(wish, session=session)
        if wish == "close":
            assert world.leftovers() == []
            return
        assert state(world) == {"start": "running", "stop": "poweroff"}[wish]
        host.call("close", session=session)
    assert world.leftovers() == []


@pytest.mark.timeout(400)
def test_the_doctor_finds_it_and_ends_it(world: World) -> None:
    session = left_running(world, "doctor")
    crash(world)
    assert doctor(world) == ["machineStuck"]
    assert state(world) == "gurumeditation", "it only looks"
    doctor(world, "--fix", "--yes")
    assert state(world) in ("poweroff", "aborted") and "machineStuck" not in doctor(world)
    with HostClient(world.environment, HOST) as host:
        host.hello()
        host.call("reopenSession", session=session)
        assert host.call("start", session=session)["state"] == 5
        host.call("close", session=session)
