"""CPUs, memory and execution cap: what is granted, what is refused, what changes while it runs, and the hardening."""

from __future__ import annotations

from collections.abc import Iterator

import psutil
import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient, HostError
from tests.virtualbox.sessions import request, started

pytestmark = pytest.mark.virtualbox


@pytest.fixture
def host(world: World) -> Iterator[HostClient]:
    with HostClient(world.environment, HOST) as client:
        yield client


def test_more_than_the_computer_has_is_refused_before_the_question(host: HostClient, world: World) -> None:
    total = psutil.virtual_memory().total // 2**20
    for wanted, name in (({"cpus": (psutil.cpu_count() or 1) + 1}, "cpusTooMany"),
                         ({"memory": total - 1000}, "memoryTooLarge")):  # fmt: skip
        with pytest.raises(HostError) as refused:
            request(host, world, "greedy", **wanted)
        assert refused.value.name == name
    assert not host.questions


def test_the_execution_cap_is_live(host: HostClient, world: World) -> None:
    session = started(host, world, "cap", canOverride="executionCap")
    (vm,) = world.home.vms().values()

    def cap() -> str:
        return world.home.info(vm)["cpuexecutioncap"]

    def set_cap(percent: int) -> None:
        assert host.call("setSetting", session=session, name="executionCap", value=percent) == {"value": percent}

    set_cap(70)
    assert cap() == "70", "while it runs"
    host.call("pause", session=session)
    set_cap(60)
    assert host.call("resume", session=session)["executionCap"] == 60
    assert cap() == "60", "after it was paused"
    host.call("hibernate", session=session)
    set_cap(50)
    assert host.call("start", session=session)["executionCap"] == 50
    assert cap() == "50", "after it was saved"
    host.call("stop", session=session)
    set_cap(40)
    host.call("start", session=session)
    assert cap() == "40", "after it was off"
    host.call("close", session=session)


def test_what_the_site_describes_anew_is_given_at_the_next_boot(host: HostClient, world: World) -> None:
    session = started(host, world, "grows")
    (vm,) = world.home.vms().values()
    request(host, world, "grows", memory=96, apiPort=8080)
    host.call("stop", session=session)
    assert host.call("start", session=session)["memory"] == 96
    info = world.home.info(vm)
    assert info["memory"] == "96" and info["Forwarding(0)"].endswith(",,8080")
    host.call("close", session=session)


def test_changed_user_data_discards_the_saved_state(host: HostClient, world: World) -> None:
    session = request(host, world, "data", userData="job=${job}")["session"]
    host.call("start", session=session, values={"job": "1"})
    host.call("hibernate", session=session)
    host.call("start", session=session, values={"job": "1"})
    host.call("hibernate", session=session)
    before = len(host.args_of("stateChanged"))
    host.call("start", session=session, values={"job": "2"})
    assert host.args_of("stateChanged")[before:] == [[2], [5]], "discarded and booted"
    host.call("close", session=session)


def test_hardening(host: HostClient, world: World) -> None:
    session = started(host, world, "hard")
    (vm,) = world.home.vms().values()
    info = world.home.info(vm)
    assert {key: info.get(key) for key in ("clipboard", "draganddrop", "audio", "vrde", "usb", "ehci", "xhci")} == {
        "clipboard": "disabled", "draganddrop": "disabled", "audio": "none", "vrde": "off", "usb": "off",
        "ehci": "off", "xhci": "off",
    }  # fmt: skip
    assert not [key for key in info if key.startswith("SharedFolder")]
    assert info["Forwarding(0)"].startswith("api,tcp,127.0.0.1,") and "Forwarding(1)" not in info
    settings = next((world.data_folder / "machines").glob("*/*/*.vbox")).read_text()
    assert 'localhost-reachable="true"' not in settings, "the guest must not reach this computer's own loopback"
    host.call("close", session=session)


def test_progress_only_grows(host: HostClient, world: World) -> None:
    session = started(host, world, "progress")
    host.call("close", session=session)
    fractions: list[float] = []
    for event in host.events:
        if event["event"] == "started":
            fractions = []
        elif event["event"] == "progress" and "session" in event:
            assert not fractions or event["args"][1] >= fractions[-1], host.events
            fractions.append(event["args"][1])
    assert fractions[-1] == 1.0
