"""Hosts, machine processes and VBoxSVC are killed at every moment; one start afterwards repairs everything.

By default each call and each write is hit once, the moment of the kill taking turns. `CERNVM_WEBAPI_KILLS=all` hits
each call at every moment. The figures are printed at the end.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.lab.world import World, blank_iso
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient
from tests.virtualbox.killing import MOMENTS, Killer

pytestmark = [pytest.mark.virtualbox, pytest.mark.timeout(1800)]

ALL = os.environ.get("CERNVM_WEBAPI_KILLS") == "all"
# The state that an action begins in → what leads there from nothing.
_TO = {"missing": (), "poweroff": ("start", "stop"), "saved": ("start", "hibernate"), "paused": ("start", "pause"),
       "running": ("start",)}  # fmt: skip
_ACTIONS = [("missing", "start"), ("running", "hibernate"), ("saved", "start"), ("running", "close")]
_MORE_ACTIONS = [("poweroff", "start"), ("saved", "close"), ("paused", "close"), ("running", "pause"),
                 ("paused", "resume"), ("running", "stop")]  # fmt: skip
# With VBoxSVC gone, VirtualBox takes 15 s to find its way back.
_VICTIMS = [("poweroff", "VBoxSVC"), ("saved", "VBoxSVC"), ("paused", "VBoxHeadless"), ("paused", "both"),
            ("running", "VBoxHeadless"), ("running", "VBoxSVC"), ("running", "both")]  # fmt: skip


@dataclass
class Tally:
    tried: int = 0
    repaired: int = 0
    leftovers: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    found = Tally()
    yield found
    print(f"\nkills tried {found.tried}, repaired {found.repaired}, leftovers {len(found.leftovers)}")
    assert found.repaired == found.tried and not found.leftovers


@pytest.fixture(scope="module")
def killed_world() -> Iterator[World]:
    with World(blank_iso()) as world:
        yield world


@pytest.fixture(scope="module")
def killer(killed_world: World) -> Killer:
    return Killer(killed_world)


@pytest.fixture(autouse=True)
def nothing_stays(killed_world: World, killer: Killer) -> Iterator[None]:
    """What a test that failed has left is removed, so that only that one fails."""
    yield
    if killed_world.leftovers():
        window = {"kind": "extension"}
        with killer.host() as host:
            for machine in host.call("listSessions", window)["sessions"]:
                host.call("controlSession", window, session=machine["session"], verb="close")


def open_session(host: HostClient, world: World, name: str) -> str:
    number: str = host.call("requestSession", url=f"{world.vmcp}?name={name}&memory=64&disk=64")["session"]
    return number


def reach(host: HostClient, session: str, state: str) -> None:
    for action in _TO[state]:
        host.call(action, session=session)


def one_start_repairs(world: World, killer: Killer, name: str, tally: Tally) -> None:
    """A new host opens the session and starts it: it runs, as VirtualBox sees it too, once; then it can be removed."""
    tally.tried += 1
    with killer.host() as host:
        session = open_session(host, world, name)
        assert host.call("start", session=session)["state"] == 5
        the_truth(world)
        host.call("close", session=session)
    left = world.leftovers()
    tally.leftovers += left
    assert not left
    tally.repaired += 1


def the_truth(world: World) -> None:
    (vm,) = world.home.running_vms().values()
    info = world.home.info(vm)
    assert info["VMState"] == "running"
    assert len(world.home.processes("VBoxHeadless")) == 1
    disk = info["SATA-2-0"]
    disks = [
        line.split(maxsplit=1)[1]
        for line in world.home.run("list", "hdds").splitlines()
        if line.startswith("Location:")
    ]
    assert [disk] == disks, "its own disk, and no other"


@pytest.mark.parametrize(("state", "action"), _ACTIONS + _MORE_ACTIONS * ALL)
def test_a_host_killed_at_any_call(killed_world: World, killer: Killer, tally: Tally, state: str, action: str) -> None:
    at = 0
    hit = True
    while hit:
        at += 1
        for moment in MOMENTS if ALL else (MOMENTS[at % 2 if action == "start" else 0],):
            with killer.host() as host:
                name = f"call-{state}-{action}-{at}-{moment}"
                session = open_session(host, killed_world, name)
                reach(host, session, state)
                hit = killer.cut_short(host, action, at, moment, session=session)
                if not hit:
                    if action != "close":
                        host.call("close", session=session)
                    assert not killed_world.leftovers()
                    break
            one_start_repairs(killed_world, killer, name, tally)
    assert at > 1, "the action makes no call?"


@pytest.mark.parametrize(("state", "action"), [("missing", "start"), ("running", "hibernate"), ("running", "close")])
def test_a_host_killed_after_any_write_of_the_ledger(
    killed_world: World, killer: Killer, tally: Tally, state: str, action: str
) -> None:
    at = 0
    hit = True
    while hit:
        at += 1
        name = f"write-{state}-{action}-{at}"
        with killer.host(mortal_ledger=True) as host:
            session = open_session(host, killed_world, name)
            reach(host, session, state)
            hit = killer.cut_short(host, action, at, "write", session=session)
            if not hit and action != "close":
                host.call("close", session=session)
        if hit:
            one_start_repairs(killed_world, killer, name, tally)
    assert not killed_world.leftovers()


@pytest.mark.parametrize(("state", "victim"), _VICTIMS + [("paused", "VBoxSVC")] * ALL)
def test_virtualbox_killed_at_a_resting_state(
    killed_world: World, killer: Killer, tally: Tally, state: str, victim: str
) -> None:
    tally.tried += 1
    with killer.host() as host:
        session = open_session(host, killed_world, f"vbox-{state}-{victim.lower()}")
        reach(host, session, state)
        for name in ("VBoxHeadless", "VBoxSVC") if victim == "both" else (victim,):
            assert killed_world.home.kill(name)
        assert host.call("start", session=session)["state"] == 5
        settled(host, killed_world, session)
        the_truth(killed_world)
        assert host.call("sync", session=session)["state"] == 5
        host.call("close", session=session)
    left = killed_world.leftovers()
    tally.leftovers += left
    assert not left
    tally.repaired += 1


def settled(host: HostClient, world: World, session: str) -> None:
    """The machine was started again, whether by this start or, when that came before anybody knew, by healing."""
    deadline = time.monotonic() + 120
    while True:
        # The first call after VBoxSVC was killed fails.
        with contextlib.suppress(VBoxManageError):
            vms = world.home.running_vms().values()
            if len(vms) == 1 == len(world.home.processes("VBoxHeadless")):
                return
        assert time.monotonic() < deadline, host.events[-5:]
        time.sleep(0.3)


def test_the_next_host_repairs_even_if_the_page_never_comes_back(killed_world: World, killer: Killer) -> None:
    with killer.host() as host:
        session = open_session(host, killed_world, "abandoned")
        assert killer.cut_short(host, "start", 6, "after", session=session)
    assert killed_world.leftovers()
    with killer.host() as host:
        other = open_session(host, killed_world, "another")
        deadline = time.monotonic() + 60
        while killed_world.leftovers():
            assert time.monotonic() < deadline, killed_world.leftovers()
            time.sleep(0.5)
        host.call("close", session=other)
