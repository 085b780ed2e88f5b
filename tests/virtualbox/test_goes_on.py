"""A request that fails for what a person can put right waits, and then goes on by itself: real VirtualBox and host."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient, HostError
from tests.virtualbox.sessions import eventually, request, started

pytestmark = pytest.mark.virtualbox


@pytest.fixture
def movable(world: World) -> Iterator[Path]:
    """A VBoxManage that can be taken away; nobody is forbidden to ask for it."""
    place = world.folder / "movable" / "VBoxManage"
    place.parent.mkdir()
    place.write_text(f'#!/bin/sh\nexec {world.home.vboxmanage} "$@"\n')
    place.chmod(0o755)
    world.write_settings(vboxmanage=str(place), hypervisor_installation=True)
    yield place
    world.write_settings()
    shutil.rmtree(place.parent)


def only_machines(details: dict[str, Any]) -> bool | None:
    """Yes to a machine; all other questions stay open, until they are moot."""
    return True if "cpus" in details else None


def fill_disk(world: World, movable: Path) -> None:
    """More is to be left free than there is, and the boot image must be fetched again."""
    shutil.rmtree(world.folder / ".cache/cernvm-webapi/images")
    free = shutil.disk_usage(world.folder).free // 2**20
    world.write_settings(vboxmanage=str(movable), hypervisor_installation=True, min_free_disk=free + 10_000)


def test_start_waits_for_virtualbox_and_goes_on(world: World, movable: Path) -> None:
    with HostClient(world.environment, HOST, answer=only_machines) as host:
        session = request(host, world, "patient")["session"]
        away = movable.rename(movable.with_name("away"))
        begun = host.begin("start", session=session)
        eventually(lambda: any(item["question"] == "confirmInstall" for item in host.questions))
        assert not host.answered(begun) and host.questions[-1]["details"]["reason"] == "missing"
        assert ["VirtualBox is needed", 0.05, {"phase": "virtualboxNeeded"}] in host.args_of("progress")
        away.rename(movable)
        assert host.result(begun)["state"] == 5
        host.call("close", session=session)
    assert world.leftovers() == []


WINDOW = {"kind": "extension"}


def test_a_start_from_the_popup_waits_too(world: World, movable: Path) -> None:
    with HostClient(world.environment, HOST, answer=only_machines) as host:
        session = request(host, world, "popup")["session"]
        away = movable.rename(movable.with_name("away"))
        begun = host.begin("controlSession", WINDOW, session=session, verb="start")
        eventually(lambda: any(item["question"] == "confirmInstall" for item in host.questions))
        details = host.questions[-1]["details"]
        assert (details["domain"], details["origin"]) == ("localhost", host.origin)
        away.rename(movable)
        assert host.result(begun) == {"state": 5}
        host.call("close", session=session)
        session = request(host, world, "popup-full")["session"]
        fill_disk(world, movable)
        begun = host.begin("controlSession", WINDOW, session=session, verb="start")
        eventually(lambda: any(item["question"] == "confirmRemedy" for item in host.questions))
        world.write_settings(vboxmanage=str(movable), hypervisor_installation=True, min_free_disk=1)
        assert host.result(begun) == {"state": 5}
        host.call("close", session=session)
    assert world.leftovers() == []


def test_a_no_in_the_popup_is_no_refusal_of_the_website(world: World, movable: Path) -> None:
    with HostClient(world.environment, HOST, answer=lambda details: "cpus" in details) as host:
        session = request(host, world, "own-wish")["session"]
        away = movable.rename(movable.with_name("away"))
        for _ in range(3):
            with pytest.raises(HostError, match="installationRefused"):
                host.call("controlSession", WINDOW, session=session, verb="start")
        away.rename(movable)
        assert request(host, world, "own-wish")["session"] == session, "not throttled"
        host.call("close", session=session)


def test_opening_again_needs_no_virtualbox_and_asks_nothing(world: World, movable: Path) -> None:
    with HostClient(world.environment, HOST) as host:
        session = request(host, world, "again")["session"]
        host.call("start", session=session)
        host.call("stop", session=session)
    away = movable.rename(movable.with_name("away"))
    with HostClient(world.environment, HOST, answer=only_machines) as host:
        assert host.call("reopenSession", session=session)["state"] == 2
        assert host.questions == []
        begun = host.begin("start", session=session)
        eventually(lambda: any(item["question"] == "confirmInstall" for item in host.questions))
        away.rename(movable)
        assert host.result(begun)["state"] == 5
        host.call("close", session=session)


def test_start_hears_a_no_to_the_installation(world: World, movable: Path) -> None:
    said = []

    def answer(details: dict[str, Any]) -> bool:
        said.append(details.get("reason"))
        return "cpus" in details

    with HostClient(world.environment, HOST, answer=answer) as host:
        session = request(host, world, "refused")["session"]
        away = movable.rename(movable.with_name("away"))
        with pytest.raises(HostError, match="installationRefused"):
            host.call("start", session=session)
        away.rename(movable)
        assert said == ["new", "missing"]
        host.call("close", session=session)
    world.forget_refusals()


def test_a_full_disk_is_waited_for(world: World, movable: Path) -> None:
    with HostClient(world.environment, HOST, answer=only_machines) as host:
        session = request(host, world, "roomless")["session"]
        fill_disk(world, movable)
        begun = host.begin("start", session=session)
        eventually(lambda: any(item["question"] == "confirmRemedy" for item in host.questions))
        error = host.questions[-1]["details"]["error"]
        assert (
            error["name"] == "diskFull"
            and error["diagnosis"]["advice"] == "diskFull"
            and "disk is full" in error["cause"]
        )
        world.write_settings(vboxmanage=str(movable), hypervisor_installation=True, min_free_disk=1)
        assert host.result(begun)["state"] == 5
        host.call("close", session=session)


@pytest.mark.parametrize("yes", [True, False])
def test_who_gives_up_or_is_wrong_gets_the_error_with_its_cause(world: World, movable: Path, yes: bool) -> None:
    def answer(details: dict[str, Any]) -> bool:
        return "cpus" in details or yes

    with HostClient(world.environment, HOST, answer=answer) as host:
        session = request(host, world, "hopeless")["session"]
        fill_disk(world, movable)
        message = host.message(host.begin("start", session=session))
        assert message["error"]["name"] == "diskFull" and "disk is full" in message["error"]["cause"]
        assert [item["question"] for item in host.questions].count("confirmRemedy") == 1
        host.call("close", session=session)


def test_start_and_resume_carry_cause_and_fix_where_nobody_may_be_asked(world: World, movable: Path) -> None:
    """The administrator's no to installing also spares the users questions that they can't answer."""
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "told")
        host.call("pause", session=session)
        world.write_settings(vboxmanage=str(movable), min_free_disk=1)
        movable.write_text("#!/bin/sh\necho 'VBoxManage: error: half removed' >&2; exit 1\n")
        resumed = host.message(host.begin("resume", session=session))["error"]
        assert resumed["diagnosis"]["advice"] == "virtualboxBroken" and "half removed" in resumed["cause"]
        begun = host.message(host.begin("start", session=session))["error"]
        assert begun["name"] == "hypervisorBroken" and "half removed" in begun["cause"]
        assert "Install VirtualBox again" in begun["fix"] and len(host.questions) == 1
        movable.write_text(f'#!/bin/sh\nexec {world.home.vboxmanage} "$@"\n')
        world.write_settings(vboxmanage=str(movable))
        host.call("close", session=session)
