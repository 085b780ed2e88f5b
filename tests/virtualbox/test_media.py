"""Boot disks, floppies and the like in the real VirtualBox, with the guest booted from them."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig.guest.build import ensure_iso
from tests.stdio.client import HostClient, HostError

pytestmark = pytest.mark.virtualbox
BOOT_DISK, ADDITIONS, FLOPPY, CLIPBOARD, DUAL_NIC = 2, 4, 8, 32, 64


@pytest.fixture
def host(guest_world: World) -> Iterator[HostClient]:
    with HostClient(guest_world.environment, HOST) as client:
        client.hello()
        yield client


def request(host: HostClient, world: World, name: str, **parameters: Any) -> str:
    query = urlencode({"name": name, "memory": 64, "disk": 64, **parameters})
    return str(host.call("requestSession", url=f"{world.vmcp}?{query}")["session"])


def serve(world: World, name: str, content: bytes) -> dict[str, Any]:
    """Put a file on the world's server; the parameters of a machine that boots from it."""
    (world.served / name).write_bytes(content)
    return {
        "diskURL": f"{world.files}/{name}",
        "diskChecksum": hashlib.sha256(content).hexdigest(),
        "flags": 1 | BOOT_DISK,
    }


def answer(started: dict[str, Any], seconds: float = 120) -> str:
    """What the guest serves: the user data that it was given."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urlopen(f"{started['apiURL']}/user-data", timeout=5) as response:
                return str(response.read().decode())
        except OSError:
            assert time.monotonic() < deadline, "the guest does not answer"
            time.sleep(0.3)


def media(world: World, kind: str = "hdds") -> list[str]:
    return [line.split(":", 1)[1].strip() for line in world.home.run("list", kind).splitlines() if "Location:" in line]


@pytest.fixture(scope="module")
def vdi(guest_world: World) -> bytes:
    """The guest's disk as VirtualBox itself converts it."""
    target = guest_world.folder / "guest.vdi"
    guest_world.home.run("convertfromraw", ensure_iso(), target, "--format", "VDI")
    content = target.read_bytes()
    target.unlink()
    return content


@pytest.mark.timeout(600)
def test_two_machines_boot_from_one_raw_disk(host: HostClient, guest_world: World) -> None:
    # The guest's ISO is a disk, too: its first sector boots.
    disk = serve(guest_world, "disk.gz", gzip.compress(ensure_iso().read_bytes()))
    names = ("first", "second")
    sessions = [request(host, guest_world, f"disk-{name}", userData=name, **disk) for name in names]
    started = [host.call("start", session=session) for session in sessions]
    assert [answer(item) for item in started] == list(names)
    shared = [path for path in media(guest_world) if path.endswith(f"{disk['diskChecksum']}.vmdk")]
    assert len(shared) == 1, "one image for both, and none of them a copy"
    assert len([path for path in media(guest_world) if "Snapshots" in path]) == 2

    host.call("close", session=sessions[0])
    assert host.call("hibernate", session=sessions[1])["state"] == 3
    assert answer(host.call("start", session=sessions[1])) == "second"
    host.call("close", session=sessions[1])
    assert guest_world.leftovers() == []
    assert Path(shared[0]).exists(), "it stays in the cache"
    third = request(host, guest_world, "disk-third", userData="third", **disk)
    (guest_world.served / "disk.gz").unlink()
    assert answer(host.call("start", session=third)) == "third", "without another download"
    host.call("close", session=third)
    assert guest_world.leftovers() == []


@pytest.mark.timeout(300)
def test_a_vdi_and_its_changed_copy_with_the_same_id(host: HostClient, guest_world: World, vdi: bytes) -> None:
    changed, sessions = vdi + bytes(1024 * 1024), []
    for name, content in (("one", vdi), ("two", changed)):
        disk = serve(guest_world, f"{name}.vdi", content)
        session = request(host, guest_world, f"vdi-{name}", userData=name, **disk)
        assert answer(host.call("start", session=session)) == name
        sessions.append(session)
    for session in sessions:
        host.call("close", session=session)
    assert guest_world.leftovers() == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["iso", "disk"])
def test_a_machine_whose_image_was_deleted_from_the_cache_gets_it_again(
    host: HostClient, guest_world: World, kind: str
) -> None:
    disk = serve(guest_world, "again.img", ensure_iso().read_bytes()) if kind == "disk" else {}
    session = request(host, guest_world, f"again-{kind}", **disk)
    for images_there in (True, False):
        if not images_there:
            shutil.rmtree(guest_world.folder / ".cache/cernvm-webapi/images")
        assert host.call("start", session=session)["state"] == 5
        assert host.call("hibernate", session=session)["state"] == 3
    shutil.rmtree(guest_world.folder / ".cache/cernvm-webapi/images")
    assert host.call("start", session=session)["state"] == 5, "also from a saved state"
    host.call("close", session=session)
    assert guest_world.leftovers() == []


def test_user_data_on_a_floppy(host: HostClient, guest_world: World) -> None:
    session = request(host, guest_world, "floppy", userData="by floppy: ${a} é", flags=1 | FLOPPY | 128)
    got = answer(host.call("start", session=session, values={"a": "1"}))
    assert got == "by floppy: 1 é", (guest_world.data_folder / "machines" / session / "serial.log").read_text()
    # Other values: another floppy, at the next boot.
    host.call("stop", session=session)
    assert answer(host.call("start", session=session, values={"a": "2"})) == "by floppy: 2 é"
    host.call("close", session=session)
    assert guest_world.leftovers() == []
    assert media(guest_world, "floppies") == []


def test_the_clipboard_is_shared_only_when_asked_for(host: HostClient, guest_world: World) -> None:
    for flags, mode in ((1, "disabled"), (1 | CLIPBOARD, "bidirectional")):
        session = request(host, guest_world, f"clipboard-{flags}", flags=flags)
        host.call("start", session=session)
        info = guest_world.home.info(next(iter(guest_world.home.vms().values())))
        assert (info["clipboard"], info["draganddrop"]) == (mode, mode)
        host.call("close", session=session)
    asked = [question["details"]["flags"] for question in host.questions]
    assert asked == [1, 1 | CLIPBOARD]


def test_additions_that_are_not_there(host: HostClient, guest_world: World) -> None:
    session = request(host, guest_world, "additions", flags=1 | ADDITIONS)
    with pytest.raises(HostError) as refused:
        host.call("start", session=session)
    assert (refused.value.name, refused.value.code) == ("additionsMissing", -11)
    assert guest_world.leftovers() == []


@pytest.mark.timeout(120)
def test_a_disk_that_is_none(host: HostClient, guest_world: World) -> None:
    disk = serve(guest_world, "page.html", b"<html>Please log in</html>" * 1000)
    session = request(host, guest_world, "no-disk", **disk)
    with pytest.raises(HostError) as refused:
        host.call("start", session=session)
    assert (refused.value.name, refused.value.code) == ("imageUnusable", -99)
    assert guest_world.leftovers() == []
    images = guest_world.folder / ".cache" / "cernvm-webapi" / "images"
    assert not list(images.glob(f"{disk['diskChecksum']}*"))


def test_a_second_network_card_where_there_is_no_host_only_network(host: HostClient, guest_world: World) -> None:
    """The rig's VirtualBox can't have one: it takes the kernel's part of VirtualBox."""
    session = request(host, guest_world, "two-cards", flags=1 | DUAL_NIC)
    with pytest.raises(HostError) as refused:
        host.call("start", session=session)
    assert (refused.value.name, refused.value.code) == ("hostOnlyMissing", -11)
    assert "hostonlyif create" in refused.value.fix
    assert guest_world.leftovers() == []
    host.call("close", session=session)


def test_a_second_network_card_with_the_list_of_networks_doubled(guest_world: World) -> None:
    """All but that list is the real VirtualBox, which lets the machine be made, and not be started on such a card."""
    wrapper = guest_world.folder / "with-network"
    wrapper.write_text(
        f'#!/bin/sh\n[ "$2" = hostonlyifs ] && exec printf "Name:            vboxnet0\\nGUID: x\\n\\n"\n'
        f'exec {guest_world.home.vboxmanage} "$@"\n'
    )
    wrapper.chmod(0o755)
    guest_world.write_settings(vboxmanage=str(wrapper))
    try:
        with HostClient(guest_world.environment, HOST) as host:
            session = request(host, guest_world, "two-cards", flags=1 | DUAL_NIC)
            with pytest.raises(HostError, match="hypervisorFailed"):
                host.call("start", session=session)
            info = guest_world.home.info(next(iter(guest_world.home.vms())))
            assert (info["nic1"], info["nic2"], info["hostonlyadapter2"]) == ("nat", "hostonly", "vboxnet0")
            assert info["Forwarding(0)"].startswith("api,tcp,127.0.0.1,")
            host.call("close", session=session)
    finally:
        guest_world.write_settings()
    assert guest_world.leftovers() == []


@pytest.mark.timeout(300)
def test_the_newest_version_is_asked_for_once_a_session(host: HostClient, guest_world: World) -> None:
    newest = guest_world.releases / "latest"
    session = request(host, guest_world, "latest")
    host.call("start", session=session)
    info = guest_world.home.info(next(iter(guest_world.home.vms())))
    (vm,), before = guest_world.home.vms().values(), info["SATA-0-0"]
    newest.write_text("9.9-9\n")
    try:
        # The machine vanishes; made anew it is the one that it was, although there is a newer version by now.
        guest_world.home.run("controlvm", vm, "poweroff")
        host.wait_for("stateChanged", [2])
        guest_world.home.run("unregistervm", vm, "--delete")
        host.call("sync", session=session)
        assert host.call("start", session=session)["state"] == 5
        assert guest_world.home.info(vm)["SATA-0-0"] == before
    finally:
        newest.write_text("2.0-1\n")
    host.call("close", session=session)
    assert guest_world.leftovers() == []
