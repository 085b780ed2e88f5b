"""Create + start with cached media, and the other changes of state, beside the fewest bare VBoxManage calls."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable

from cvmwebapi.sessions.resources import ports

from tests.conftest import HOST
from tests.lab.world import World, blank_iso
from tests.stdio.client import HostClient

RUNS = 7


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def bare_create_and_start(world: World, vm: str) -> None:
    """The sequence of the fewest calls."""
    run = world.home.run
    iso = blank_iso()
    disk = world.folder / "bare" / vm / "disk.vdi"
    run("createvm", "--name", vm, "--uuid", vm, "--basefolder", world.folder / "bare", "--ostype", "Linux26_64",
        "--register")  # fmt: skip
    run("modifyvm", vm, "--memory", "64", "--nic1", "nat", "--natpf1", f"api,tcp,127.0.0.1,{ports.pick(())},,80")
    run("storagectl", vm, "--name", "SATA", "--add", "sata")
    for port in ("0", "1"):
        run("storageattach", vm, "--storagectl", "SATA", "--port", port, "--device", "0", "--type", "dvddrive",
            "--medium", iso)  # fmt: skip
    run("createmedium", "disk", "--filename", disk, "--size", "64")
    run("storageattach", vm, "--storagectl", "SATA", "--port", "2", "--device", "0", "--type", "hdd", "--medium", disk)
    run("startvm", vm, "--type", "headless")


def test_create_and_start() -> None:
    steps = ("create + start", "pause", "resume", "hibernate", "start from saved")
    floor: dict[str, list[float]] = {step: [] for step in steps}
    ours: dict[str, list[float]] = {step: [] for step in steps}
    with World(blank_iso()) as world, HostClient(world.environment, HOST) as host:
        host.hello()
        url = f"{world.vmcp}?memory=64&disk=64&name="
        warm = host.call("requestSession", url=url + "warm")["session"]
        host.call("start", session=warm)
        host.call("close", session=warm)
        control = world.home.run
        for number in range(RUNS):
            vm = str(uuid.uuid4())
            floor[steps[0]].append(timed(lambda vm=vm: bare_create_and_start(world, vm)))
            floor[steps[1]].append(timed(lambda vm=vm: control("controlvm", vm, "pause")))
            floor[steps[2]].append(timed(lambda vm=vm: control("controlvm", vm, "resume")))
            floor[steps[3]].append(timed(lambda vm=vm: control("controlvm", vm, "savestate")))
            floor[steps[4]].append(timed(lambda vm=vm: control("startvm", vm, "--type", "headless")))
            control("controlvm", vm, "poweroff")
            time.sleep(1)
            control("unregistervm", vm, "--delete")
            session = host.call("requestSession", url=f"{url}run{number}")["session"]
            for step, action in zip(steps, ("start", "pause", "resume", "hibernate", "start"), strict=True):
                ours[step].append(timed(lambda a=action, s=session: host.call(a, session=s)))
            host.call("close", session=session)
    print()
    for step in steps:
        base, own = statistics.median(floor[step]), statistics.median(ours[step])
        print(f"{step}: bare {base:.2f} s, ours {own:.2f} s, ratio {own / base:.2f}")
