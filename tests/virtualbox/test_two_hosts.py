"""Two hosts at once do random things to the same and to different sessions; VirtualBox's truth decides who is right.

`CERNVM_WEBAPI_STEPS` is the number of steps (default 24), `CERNVM_WEBAPI_SEED` repeats a run; the seed is printed.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient, HostError
from tests.virtualbox.sessions import eventually, request

pytestmark = [pytest.mark.virtualbox, pytest.mark.timeout(3600)]

STEPS = int(os.environ.get("CERNVM_WEBAPI_STEPS", "24"))
_NAMES = ("one", "two", "three")
_ACTIONS = ("start", "start", "stop", "pause", "resume", "hibernate", "close")
_STATES = {0: "", 2: "poweroff", 3: "saved", 4: "paused", 5: "running"}
# What may come of two people's wishes for one machine; anything else is a fault.
_FAIR = {"superseded", "sessionNotFound", "cancelled"}


def act(host: HostClient, world: World, name: str, action: str, outcomes: list[str]) -> None:
    """One step of one host. A session that was closed in between is opened anew."""
    try:
        session = request(host, world, name)["session"]
        host.call(action, session=session)
        outcomes.append("done")
    except HostError as error:
        outcomes.append(error.name if error.name in _FAIR else str(error))


def truth(world: World, name: str) -> str:
    """VirtualBox's word for the state of the machine; "" when there is none."""
    vm = world.home.vms().get(f"CernVM {name} (localhost)")
    if vm is None:
        return ""
    try:
        return world.home.info(vm)["VMState"]
    except VBoxManageError:
        return "unknown"


def agree(host: HostClient, world: World, name: str) -> bool:
    """Whether the host, asked anew, and VirtualBox say the same."""
    state = request(host, world, name)["state"]
    return _STATES[state] == truth(world, name)


def test_two_hosts_at_random(world: World) -> None:
    seed = int(os.environ.get("CERNVM_WEBAPI_SEED", str(time.time_ns() % 10**9)))
    print(f"\nseed {seed}, {STEPS} steps")
    chance = random.Random(seed)
    outcomes: list[str] = []
    with HostClient(world.environment, HOST) as first, HostClient(world.environment, HOST) as second:
        for step in range(0, STEPS, 2):
            # Half of the time both work on one session.
            mine = chance.choice(_NAMES)
            other = mine if chance.random() < 0.5 else chance.choice(_NAMES)
            steps = [(first, mine, chance.choice(_ACTIONS)), (second, other, chance.choice(_ACTIONS))]
            threads = [threading.Thread(target=act, args=(h, world, n, a, outcomes)) for h, n, a in steps]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for name in {mine, other}:
                for host in (first, second):
                    eventually(lambda host=host, name=name: agree(host, world, name), 90)
            assert set(outcomes) <= {"done", *_FAIR}, (seed, step, [s[1:] for s in steps], outcomes[-2:])
            assert len(world.home.vms()) <= len(_NAMES)
        for name in _NAMES:
            first.call("close", session=request(first, world, name)["session"])
    print("outcomes:", dict(Counter(outcomes)))
    assert world.leftovers() == []
