"""RDP to a machine, by VirtualBox's own server: for this computer alone, with a password, while the user wants it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.rig import cache, packages
from tests.rig.home import VBoxManageError
from tests.stdio.client import HostClient, HostError
from tests.unit.hypervisor.test_remote_display import ORACLE_6, VNC
from tests.virtualbox.sessions import by_hand, eventually, started

pytestmark = pytest.mark.virtualbox
WINDOW = {"kind": "extension"}
OFF = {"url": "", "user": "", "password": ""}
#: X.224 connection request with an RDP negotiation request for TLS (MS-RDPBCGR, 2.2.1.1).
CONNECT = bytes.fromhex("0300 0013 0e e0 0000 0000 00 01 00 0800 01000000".replace(" ", ""))


@pytest.fixture
def host(world: World) -> Iterator[HostClient]:
    with HostClient(world.environment, HOST) as client:
        client.hello()
        yield client


def remote(host: HostClient, session: str, on: bool | None = None) -> dict[str, Any]:
    return host.call("screenRemote", WINDOW, session=session, on=on)


def listened_on(world: World) -> set[str]:
    """Where the machines of this world wait for connections, other than for their applications."""
    found = set()
    for process in world.home.processes("VBoxHeadless"):
        connections = psutil.Process(process.pid).net_connections("tcp")
        found |= {f"{it.laddr.ip}:{it.laddr.port}" for it in connections if it.status == psutil.CONN_LISTEN}
    return found


def vrde(world: World) -> str:
    """Of the one machine that there is. VirtualBox may not be ready to say it just when another call has ended."""
    said: list[str] = []

    def told() -> bool:
        with contextlib.suppress(VBoxManageError):
            said.append(world.home.info(next(iter(world.home.vms())))["vrde"])
        return bool(said)

    eventually(told)
    return said[-1]


def log_in(port: int, user: str, password: str) -> bool:
    """Whether an ordinary RDP client is let in."""
    needed = {"freerdp2-x11": "/usr/bin/xfreerdp", "xvfb": "/usr/bin/xvfb-run", "xauth": "/usr/bin/xauth"}
    packages.install_missing(needed, cache.root() / "logs" / "freerdp.log")
    done = subprocess.run(
        ["xvfb-run", "-a", "xfreerdp", f"/v:127.0.0.1:{port}",
         f"/u:{user}", f"/p:{password}", "/cert:ignore", "/sec:tls", "+auth-only",
         "/log-level:OFF"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode == 0


@pytest.mark.timeout(300)
def test_it_is_off_until_the_user_wants_it_and_then_only_here(host: HostClient, world: World) -> None:
    session = started(host, world, "rdp")
    before = listened_on(world)
    assert vrde(world) == "off" and remote(host, session) == {"offered": True, **OFF}
    given = remote(host, session, on=True)
    port = int(given["url"].removeprefix("rdp://127.0.0.1:"))
    assert listened_on(world) - before == {f"127.0.0.1:{port}"}
    assert given["user"] == "cernvm" and len(given["password"]) >= 16
    assert host.call("sync", session=session)["rdpURL"] == given["url"], "the page knows where, but no password"
    assert given["password"] not in json.dumps(host.events)
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(CONNECT)
        answer = line.recv(19)
        assert (answer[11], answer[15]) == (2, 1), "it wants TLS"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(line) as secured:
            assert secured.version()
    kept = world.data_folder / "machines" / session / "remote.json"
    stored = {file.name: stat.S_IMODE(file.stat().st_mode) for file in kept.parent.rglob("*") if file.is_file()}
    assert kept.name in stored and any("Certificate" in name or "Cert" in name for name in stored)
    assert set(stored.values()) == {0o600}, "also the key that VirtualBox makes for TLS"
    assert remote(host, session, on=True) == given, "once more changes nothing"
    assert remote(host, session, on=False) == {"offered": True, **OFF}
    assert listened_on(world) == before and vrde(world) == "off" and not kept.exists()
    assert host.call("sync", session=session)["rdpURL"] == ""
    host.call("close", session=session)
    assert world.leftovers() == []


@pytest.mark.timeout(300)
def test_a_client_gets_in_with_the_password_alone(host: HostClient, world: World) -> None:
    session = started(host, world, "login")
    given = remote(host, session, on=True)
    port = int(given["url"].rpartition(":")[2])
    assert log_in(port, given["user"], given["password"])
    assert not log_in(port, given["user"], "guessed")
    assert not log_in(port, "root", given["password"])
    host.call("close", session=session)


@pytest.mark.timeout(300)
def test_the_next_run_begins_without_it(host: HostClient, world: World) -> None:
    session = started(host, world, "runs")
    for ending in ("stop", "hibernate"):
        first = remote(host, session, on=True)
        host.call(ending, session=session)
        assert vrde(world) == "off" and host.call("sync", session=session)["rdpURL"] == ""
        host.call("start", session=session)
        assert remote(host, session) == {"offered": True, **OFF}
        assert not any(":" + first["url"].rpartition(":")[2] in address for address in listened_on(world))
    host.call("close", session=session)


@pytest.mark.timeout(300)
def test_what_a_killed_host_left_on_is_known_and_ends_with_the_machine(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "killed")
        given = remote(host, session, on=True)
        os.kill(host.process.pid, signal.SIGKILL)
        host.process.wait()
    with HostClient(world.environment, HOST) as host:
        assert remote(host, session) == given, "the user's other browser shows the same"
        name = next(iter(world.home.vms()))
        by_hand(world, "controlvm", name, "poweroff")
        eventually(lambda: vrde(world) == "off")
        eventually(lambda: not Path(world.data_folder, "machines", session, "remote.json").exists())
        host.call("reopenSession", session=session)
        host.call("close", session=session)


@pytest.mark.timeout(300)
def test_the_pack_that_listens_to_everybody_is_turned_off_at_once(host: HostClient, world: World) -> None:
    """Debian's VNC pack opens port 5900 of all addresses beside the one that it is told."""
    session = started(host, world, "vnc")
    before = listened_on(world)
    host.call("stop", session=session)
    by_hand(world, "modifyvm", next(iter(world.home.vms())), "--vrde-extpack", "VNC")
    host.call("start", session=session)
    with pytest.raises(HostError, match="remoteUnsafe"):
        remote(host, session, on=True)
    assert listened_on(world) == before and vrde(world) == "off"
    assert remote(host, session) == {"offered": True, **OFF}
    host.call("close", session=session)


def test_pages_and_machines_that_do_not_run_have_none(host: HostClient, world: World) -> None:
    session = started(host, world, "refused")
    with pytest.raises(HostError, match="notAllowed"):
        host.call("screenRemote", session=session, on=True)
    with pytest.raises(HostError, match="badValue"):
        host.call("screenRemote", WINDOW, session=session, on="--vrde")
    host.call("stop", session=session)
    with pytest.raises(HostError, match="invalidState"):
        remote(host, session, on=True)
    assert vrde(world) == "off"
    host.call("close", session=session)


# VirtualBox before 7.2.6 with packs of recorded listings. In the place of Oracle's server stands VirtualBox's own.
_OLDER = """\
#!/bin/sh
echo "$*" >> {folder}/calls
case $1 in
    --version) echo 7.0.14r161095; exit ;;
    list) [ "$2" = extpacks ] && exec cat {folder}/extpacks ;;
    modifyvm) case "$*" in *--vrde-auth-library*) set -- "$@" --vrde-extpack Built-in-VBoxVRDP ;; esac ;;
esac
exec {real} "$@"
"""


@pytest.fixture
def older(world: World) -> Iterator[Path]:
    """Where the double keeps its listing of packs, and notes the calls."""
    folder = world.folder / "older"
    folder.mkdir(exist_ok=True)
    (folder / "calls").unlink(missing_ok=True)
    wrapper = folder / "VBoxManage"
    wrapper.write_text(_OLDER.format(folder=folder, real=world.home.vboxmanage))
    wrapper.chmod(0o755)
    world.write_settings(vboxmanage=str(wrapper))
    yield folder
    world.write_settings()


@pytest.mark.timeout(300)
def test_with_a_double_of_oracles_pack(older: Path, world: World) -> None:
    (older / "extpacks").write_text(ORACLE_6)
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "oracle")
        made = (older / "calls").read_text()
        assert "--vrde off --vrde-address 127.0.0.1 --vrde-auth-type external" in made and "--vrde-extpack" not in made
        assert remote(host, session) == {"offered": True, **OFF}
        port = remote(host, session, on=True)["url"].rpartition(":")[2]
        calls = [line.split(" ", 2)[2] for line in (older / "calls").read_text().splitlines() if "vrde" in line]
        assert calls[-3:] == [f"vrdeport {port}", "vrdeproperty TCP/Address=127.0.0.1", "vrde on"]
        assert f"127.0.0.1:{port}" in listened_on(world)
        host.call("close", session=session)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("listing", ["Extension Packs: 0\n", VNC], ids=["none", "VNC"])
def test_with_a_double_of_an_older_virtualbox_without_oracles_pack(older: Path, world: World, listing: str) -> None:
    (older / "extpacks").write_text(listing)
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "none")
        assert remote(host, session) == {"offered": False, **OFF}
        with pytest.raises(HostError, match="remoteMissing"):
            remote(host, session, on=True)
        assert vrde(world) == "off" and "vrde on" not in (older / "calls").read_text()
        host.call("close", session=session)
