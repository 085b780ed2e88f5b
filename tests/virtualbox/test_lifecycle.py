"""The life of a session on the real VirtualBox, through the real host over pipes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient, HostError

pytestmark = pytest.mark.virtualbox


@pytest.fixture
def host(world: World) -> Iterator[HostClient]:
    with HostClient(world.environment, HOST) as client:
        client.hello()
        yield client


def request(host: HostClient, world: World, name: str, **parameters: Any) -> dict[str, Any]:
    query = urlencode({"name": name, "memory": 64, "disk": 64, **parameters})
    return host.call("requestSession", url=f"{world.vmcp}?{query}")


def test_from_missing_through_every_state_to_nothing(host: HostClient, world: World) -> None:
    session = request(host, world, "whole-life")
    assert session["state"] == 0 and host.questions[0]["details"]["memory"] == 64
    assert world.leftovers() == [], "asking alone must make nothing"
    number = session["session"]
    started = host.call("start", session=number)
    assert started["state"] == 5 and started["apiURL"].startswith("http://127.0.0.1:")
    info = world.home.info(next(iter(world.home.vms())))
    assert info["VMState"] == "running"
    assert info["clipboard"] == "disabled" and info["audio"] == "none"
    for action, state in (("pause", 4), ("resume", 5), ("hibernate", 3), ("start", 5), ("stop", 2), ("start", 5)):
        assert host.call(action, session=number)["state"] == state, action
    closed = host.call("close", session=number)
    assert closed["state"] == 0
    assert world.leftovers() == []
    assert [state for (state,) in host.args_of("stateChanged")] == [2, 5, 4, 5, 3, 5, 2, 5, 2, 0]
    fractions = [args[1] for args in host.args_of("progress")]
    assert fractions and all(0 <= fraction <= 1 for fraction in fractions)


def test_a_no_leaves_nothing_and_a_second_one_throttles(world: World) -> None:
    with HostClient(world.environment, HOST, answer=lambda details: False) as host:
        for _ in range(2):
            with pytest.raises(HostError) as refused:
                request(host, world, "refused")
            assert (refused.value.name, refused.value.code) == ("refusedByUser", -10)
        with pytest.raises(HostError) as throttled:
            request(host, world, "refused")
        assert (throttled.value.name, throttled.value.code) == ("throttled", -10)
        assert len(host.questions) == 2
    assert world.leftovers() == []
    world.forget_refusals()


def test_another_secret_and_another_origin_are_refused(host: HostClient, world: World) -> None:
    session = request(host, world, "mine", secret="first")
    with pytest.raises(HostError, match="wrongSecret"):
        request(host, world, "mine", secret="second")
    with pytest.raises(HostError, match="sessionNotFound"):
        host.call("start", {"kind": "page", "origin": "https://other.example", "tab": 2}, session=session["session"])
    host.call("close", session=session["session"])
    world.forget_refusals()


def test_a_known_session_is_opened_without_a_question_unless_it_wants_more(host: HostClient, world: World) -> None:
    first = request(host, world, "known")
    again = request(host, world, "known")
    assert again["session"] == first["session"] and len(host.questions) == 1
    request(host, world, "known", memory=96)
    assert [question["details"]["reason"] for question in host.questions] == ["new", "more"]
    host.call("close", session=first["session"])


def test_two_starts_at_once_make_one_machine(host: HostClient, world: World) -> None:
    number = request(host, world, "twice")["session"]
    both = [host.begin("start", session=number) for _ in range(2)]
    assert [host.result(each)["state"] for each in both] == [5, 5]
    assert len(world.home.vms()) == 1
    host.call("close", session=number)
    assert world.leftovers() == []


def test_a_machine_stopped_in_virtualbox_itself_is_noticed(host: HostClient, world: World) -> None:
    number = request(host, world, "outside")["session"]
    host.call("start", session=number)
    vm = next(iter(world.home.vms().values()))
    world.home.run("controlvm", vm, "pause")
    host.wait_for("stateChanged", [4], seconds=15)
    world.home.kill("VBoxHeadless")
    host.wait_for("stateChanged", [2], seconds=30)
    host.call("close", session=number)
    assert world.leftovers() == []


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.2, 0.35, 0.5, 0.7])
def test_a_host_killed_while_creating_leaves_what_the_next_one_repairs(world: World, delay: float) -> None:
    """`delay`: seconds after creating has begun; the whole sequence takes about 0.7 s."""
    with HostClient(world.environment, HOST) as host:
        number = request(host, world, "killed")["session"]
        host.begin("start", session=number)
        host.wait_for_phase("creatingMachine")
        time.sleep(delay)
        host.process.kill()
    with HostClient(world.environment, HOST) as host:
        session = request(host, world, "killed")
        assert host.call("start", session=session["session"])["state"] == 5
        assert len(world.home.vms()) == 1
        host.call("close", session=number)
    assert world.leftovers() == []


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3])
def test_a_host_killed_while_closing_leaves_what_the_next_one_removes(world: World, delay: float) -> None:
    with HostClient(world.environment, HOST) as host:
        number = request(host, world, "half-closed")["session"]
        host.call("start", session=number)
        host.begin("close", session=number)
        host.wait_for_phase("removingMachine")
        time.sleep(delay)
        host.process.kill()
    with HostClient(world.environment, HOST) as host:
        host.call("close", session=request(host, world, "half-closed")["session"])
    assert world.leftovers() == []


def test_a_running_machine_outlives_its_host_and_is_found_again(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        number = request(host, world, "survivor")["session"]
        host.call("start", session=number)
    with HostClient(world.environment, HOST) as host:
        assert host.call("reopenSession", session=number)["state"] == 5
        assert not host.questions
        host.call("close", session=number)
    assert world.leftovers() == []


def test_a_wrong_checksum_of_the_iso_is_refused(world: World) -> None:
    checksum = next(world.releases.glob("*/*.sha256"))
    right = checksum.read_text()
    checksum.write_text("0" * 64 + right[64:])
    # What was verified already would need no network.
    shutil.rmtree(world.folder / ".cache/cernvm-webapi/images", ignore_errors=True)
    try:
        with HostClient(world.environment, HOST) as host:
            number = request(host, world, "tampered")["session"]
            with pytest.raises(HostError) as refused:
                host.call("start", session=number)
            assert (refused.value.name, refused.value.code) == ("checksumMismatch", -12)
            assert world.leftovers() == []
            host.call("close", session=number)
    finally:
        checksum.write_text(right)


def test_who_waits_for_a_machine_that_gets_nowhere_can_give_up(world: World) -> None:
    """Until another host has saved it, say: up to a minute."""
    stuck = world.folder / "saving-for-ever"
    wrapper = world.folder / "saving" / "VBoxManage"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(
        f"#!/bin/sh\n"
        f'[ "$1" = showvminfo ] && [ -e {stuck} ] && echo \'VMState="saving"\' && exit 0\n'
        f'exec {world.home.vboxmanage} "$@"\n'
    )
    wrapper.chmod(0o755)
    world.write_settings(vboxmanage=str(wrapper))
    try:
        with HostClient(world.environment, HOST) as host:
            number = request(host, world, "nowhere")["session"]
            host.call("start", session=number)
            stuck.touch()
        with HostClient(world.environment, HOST) as host:
            # The first looks, and the second waits for that look to end.
            waiting = [host.begin("reopenSession", session=number), host.begin("reopenSession", session=number)]
            time.sleep(3)
            assert not any(map(host.answered, waiting))
            for each in reversed(waiting):
                begun = time.monotonic()
                host.call("cancel", request=each)
                with pytest.raises(HostError, match="cancelled"):
                    host.result(each)
                assert time.monotonic() - begun < 2
            stuck.unlink()
            assert host.call("reopenSession", session=number)["state"] == 5
            host.call("close", session=number)
        assert world.leftovers() == []
    finally:
        world.write_settings()


def test_without_vboxmanage_the_page_learns_what_to_install(world: World) -> None:
    world.write_settings(vboxmanage="/nowhere/VBoxManage")
    try:
        with HostClient(world.environment, HOST) as host, pytest.raises(HostError) as missing:
            request(host, world, "none")
        assert (missing.value.name, missing.value.code) == ("hypervisorMissing", -99)
        assert "virtualbox.org" in missing.value.fix
    finally:
        world.write_settings()


def test_settings_and_properties(host: HostClient, world: World) -> None:
    number = request(host, world, "settings", canOverride="executionCap")["session"]
    assert host.call("setSetting", session=number, name="executionCap", value=80) == {"value": 80}
    with pytest.raises(HostError, match="settingNotAllowed"):
        host.call("setSetting", session=number, name="version", value="1.0")
    with pytest.raises(HostError, match="settingUnknown"):
        host.call("getSetting", session=number, name="__proto__")
    host.call("setProperty", session=number, name="job", value="42")
    with HostClient(world.environment, HOST) as other:
        assert other.call("reopenSession", session=number)["properties"] == {"job": "42"}
    host.call("close", session=number)


def test_changes_in_quick_succession_end_in_the_true_state(host: HostClient, world: World) -> None:
    number = request(host, world, "quick")["session"]
    host.call("start", session=number)
    for _ in range(5):
        host.call("pause", session=number)
        host.call("resume", session=number)
    assert host.call("sync", session=number)["state"] == 5
    seen = [state for (state,) in host.args_of("stateChanged")]
    assert seen[2:] == [4, 5] * 5, "no state twice, none made up"
    host.call("close", session=number)


def test_a_new_goal_takes_over_at_the_next_safe_point(host: HostClient, world: World) -> None:
    number = request(host, world, "changed-mind")["session"]
    first = host.begin("start", session=number)
    host.wait_for_phase("creatingMachine")
    assert host.call("close", session=number)["state"] == 0
    with pytest.raises(HostError, match="superseded"):
        host.result(first)
    assert world.leftovers() == []
