"""A guest that crashes its processor: VirtualBox's guru meditation, with the machine's process still there."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient
from tests.virtualbox.boot_sector import boot_iso
from tests.virtualbox.sessions import by_hand, eventually, snapshot_of, started

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


def crash(world: World, machine: str) -> None:
    """Press a key until the guest has taken it."""

    def crashed() -> bool:
        with contextlib.suppress(VBoxManageError):
            world.home.run("controlvm", machine, "keyboardputscancode", *_SPACE)
        time.sleep(0.3)
        return "Guru Meditation" in logged(world)

    before = logged(world)
    assert "Guru Meditation" not in before
    eventually(crashed, 120)


def logged(world: World) -> str:
    (log,) = (world.data_folder / "machines").glob("*/*/Logs/VBox.log")
    return log.read_text("utf-8", "replace")


def machine_of(world: World) -> str:
    (machine,) = world.home.vms().values()
    return machine


def doctor(world: World, *options: str) -> list[dict[str, Any]]:
    command = [*HOST, "doctor", "machines", "--json", *options]
    done = subprocess.run(command, env=world.environment, capture_output=True, text=True, check=False, input="")
    print(done.stdout, done.stderr)
    return json.loads(done.stdout)["findings"]


def test_the_page_hears_of_it_and_the_machine_runs_again(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "guru")
        crash(world, machine_of(world))
        eventually(lambda: [8] in host.args_of("failure"), 120)
        eventually(lambda: host.args_of("stateChanged")[-1] == [5] and snapshot_of(host)["problem"] is None, 120)
        print(host.events)
        assert world.home.info(machine_of(world))["VMState"] == "running"
        assert host.call("stop", session=session)["state"] == 2
        assert host.call("start", session=session)["state"] == 5
        host.call("close", session=session)
    assert world.leftovers() == []


def test_without_a_host_the_doctor_finds_it_and_ends_it(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "left")
        os.kill(host.process.pid, signal.SIGKILL)
        host.process.wait()
    crash(world, machine_of(world))
    eventually(lambda: world.home.info(machine_of(world))["VMState"] == "gurumeditation")
    print(doctor(world))
    with HostClient(world.environment, HOST) as host:
        host.hello()
        print(host.call("reopenSession", session=session))
        print(host.call("stop", session=session))
        assert host.call("start", session=session)["state"] == 5
        host.call("close", session=session)
    assert world.leftovers() == []
