"""What a host costs that only watches: processor and memory with no, one and ten running machines, and its ledger."""

from __future__ import annotations

import statistics
import time
import uuid
from dataclasses import replace

import psutil
import pytest
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.vmcp.description import MachineDescription

from tests.conftest import HOST
from tests.lab.machines import session_row
from tests.lab.world import World, blank_iso
from tests.stdio.client import HostClient

SECONDS = 20.0
_AIM = 0.2
"""% of a core for each machine that is watched."""


def used(process: psutil.Process) -> float:
    """Seconds of processor so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def idle(process: psutil.Process) -> float:
    """% of a core that the process uses while nothing happens."""
    time.sleep(3)
    before = used(process)
    time.sleep(SECONDS)
    return (used(process) - before) / SECONDS * 100


@pytest.mark.timeout(900)
def test_idle_cost() -> None:
    print()
    with World(blank_iso()) as world, HostClient(world.environment, HOST) as host:
        process = psutil.Process(host.process.pid)
        shares: dict[int, float] = {}
        running = 0
        for wanted in (0, 1, 10):
            while running < wanted:
                running += 1
                url = f"{world.vmcp}?memory=32&disk=0&name=idle{running}"
                session = host.call("requestSession", url=url)["session"]
                host.call("start", session=session)
                # It would else burn a core each in its BIOS; what is measured is the host.
                vm = world.home.vms()[f"CernVM idle{running} (localhost)"]
                world.home.run("controlvm", vm, "cpuexecutioncap", "5")
            shares[wanted] = idle(process)
            memory = process.memory_info().rss / 2**20
            print(f"{wanted} running: {shares[wanted]:.2f} % of a core, {memory:.0f} MB")
    each = (shares[10] - shares[0]) / 10
    print(f"each machine: {each:.3f} % of a core (aim {_AIM})")
    assert each <= _AIM


def test_ledger_size(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The cost of one session's reads and writes with 1, 10 and 100 sessions in the ledger."""
    print()
    costs = {}
    for count in (1, 10, 100):
        ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
        for number in range(count):
            session = uuid.uuid4().hex
            ledger.add(session_row(session, f"s{number}", secret=b"x" * 80,
                                   description=MachineDescription(name="machine", user_data="x" * 4096)))  # fmt: skip
        reads, writes = [], []
        for _ in range(200):
            begun = time.perf_counter()
            ledger.get(session)
            ledger.ports()
            reads.append(time.perf_counter() - begun)
        for number in range(40):
            begun = time.perf_counter()
            ledger.change(session, lambda row, port=number: replace(row, port=port + 1))  # type: ignore[misc]
            writes.append(time.perf_counter() - begun)
        costs[count] = statistics.median(reads), statistics.median(writes)
        print(f"{count} sessions: read {costs[count][0] * 1e6:.0f} µs, write {costs[count][1] * 1e3:.2f} ms")
    assert costs[100][0] < costs[1][0] * 4 + 0.0005
