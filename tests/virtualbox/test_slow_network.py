"""50 kB/s, 5 % of the packets lost, cut again and again: it ends with a running machine, and nothing is fetched twice.

By default the image is small and the line is cut every four seconds. `CERNVM_WEBAPI_SLOW=long` takes the real guest
and cuts once a minute (four minutes); it ends when the guest answers.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import HOST
from tests.lab.slow_line import Line, SlowServer
from tests.lab.world import World, blank_iso
from tests.rig.guest.build import ensure_iso
from tests.stdio.client import HostClient, HostError

LONG = os.environ.get("CERNVM_WEBAPI_SLOW") == "long"
LINE = Line(cut_every=60 if LONG else 4)
pytestmark = [pytest.mark.virtualbox, pytest.mark.timeout(1200 if LONG else 300)]


@pytest.fixture
def slow_world(tmp_path: Path) -> Iterator[tuple[World, SlowServer]]:
    image = ensure_iso()
    if not LONG:
        image = tmp_path / "padded.iso"
        image.write_bytes(blank_iso().read_bytes() + random.Random(1).randbytes(300 * 2048))
    with World(image) as world, SlowServer(world.served, LINE) as server:
        world.write_settings(releases=f"{server.url}/releases")
        yield world, server


def open_session(host: HostClient, world: World) -> str:
    return str(host.call("requestSession", url=f"{world.vmcp}?name=slow&memory=64&disk=64")["session"])


def image_of(server: SlowServer) -> tuple[int, int]:
    """Its size, and the bytes of it that were sent."""
    (iso,) = server.folder.glob("releases/*/*.iso")
    return iso.stat().st_size, server.sent.get(f"/{iso.relative_to(server.folder)}", 0)


def until_sent(server: SlowServer, part: float) -> None:
    deadline = time.monotonic() + 600
    while image_of(server)[1] < part * image_of(server)[0]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def nothing_twice(server: SlowServer, interruptions: int) -> None:
    size, sent = image_of(server)
    # What is on its way when a connection ends is lost: the buffers of both ends, not what had arrived.
    assert size <= sent <= size + interruptions * 64 * 1024, (size, sent)


def test_cut_again_and_again_it_ends_with_a_running_machine(slow_world: tuple[World, SlowServer]) -> None:
    world, server = slow_world
    with HostClient(world.environment, HOST) as host:
        session = open_session(host, world)
        started = host.result(host.begin("start", session=session), seconds=1000)
        assert started["state"] == 5 and len(world.home.running_vms()) == 1
        size, sent = image_of(server)
        assert server.cuts >= 1
        assert sent == size, "not one byte was sent twice"
        shown = [args for args in host.args_of("progress") if args[2].get("speed")]
        assert shown, "the user sees speed and time left"
        assert {args[2]["phase"] for args in shown} == {"downloadingImage"}
        assert all(0 < args[2]["done"] <= args[2]["total"] == size for args in shown)
        fractions = [args[1] for args in shown]
        assert fractions == sorted(fractions)
        print(f"\n{size / 1000:.0f} kB, {server.cuts} cuts, {sent - size} bytes sent twice")
        if LONG:
            deadline = time.monotonic() + 120
            while True:
                try:
                    with urlopen(started["apiURL"], timeout=5) as response:
                        assert response.status == 200
                        break
                except OSError:
                    assert time.monotonic() < deadline, "the guest does not answer"
                    time.sleep(0.5)
        host.call("close", session=session)
    assert world.leftovers() == []


def timed(host: HostClient, action: str, **params: Any) -> tuple[dict[str, Any], float]:
    """The answer, and the seconds that it took."""
    begun = time.monotonic()
    return host.call(action, **params), time.monotonic() - begun


def test_what_is_quick_answers_while_the_image_is_fetched(slow_world: tuple[World, SlowServer]) -> None:
    world, server = slow_world
    with HostClient(world.environment, HOST) as host:
        query = "name=quick&memory=64&disk=64&canOverride=executionCap"
        session = str(host.call("requestSession", url=f"{world.vmcp}?{query}")["session"])
        first = host.begin("start", session=session)
        until_sent(server, 0.1)
        # Asks VirtualBox and the website, too; and it takes the settings back to what the website has signed.
        again, seconds = timed(host, "requestSession", url=f"{world.vmcp}?{query}")
        assert again["session"] == session and seconds < 5 and not host.answered(first)
        quick = (
            ("sync", {}),
            ("getSetting", {"name": "executionCap"}),
            ("setSetting", {"name": "executionCap", "value": 70}),
            ("setProperty", {"name": "job", "value": "42"}),
        )
        for action, params in quick:
            answer, seconds = timed(host, action, session=session, **params)
            assert seconds < 1, (action, seconds)
            assert not host.answered(first), "the image has still to come"
            assert action != "sync" or answer["state"] == 0
        assert host.call("getSetting", session=session, name="executionCap") == {"value": 70}
        started = host.result(first, seconds=1000)
        assert started["state"] == 5 and started["properties"] == {"job": "42"}
        assert world.home.info(next(iter(world.home.vms().values())))["cpuexecutioncap"] == "70"
        host.call("close", session=session)
    assert world.leftovers() == []


def test_another_goal_does_not_wait_for_the_image(slow_world: tuple[World, SlowServer]) -> None:
    world, server = slow_world
    with HostClient(world.environment, HOST) as host:
        session = open_session(host, world)
        first = host.begin("start", session=session)
        until_sent(server, 0.1)
        _, seconds = timed(host, "close", session=session)
        with pytest.raises(HostError, match="superseded"):
            host.result(first)
        size, sent = image_of(server)
        assert seconds < 2 and sent < size, "nobody wants it any more"
    assert world.leftovers() == []


def test_a_paused_and_a_killed_download_go_on(slow_world: tuple[World, SlowServer]) -> None:
    """What has come is kept: while it is paused, when it is cancelled, and when its host is killed."""
    world, server = slow_world
    with HostClient(world.environment, HOST) as host:
        session = open_session(host, world)
        first = host.begin("start", session=session)
        until_sent(server, 0.2)
        assert host.call("pauseDownload", request=first, on=True) == {"paused": True}
        time.sleep(0.5)
        paused_at = image_of(server)[1]
        time.sleep(1)
        assert image_of(server)[1] == paused_at, "nothing comes while it is paused"
        assert host.call("pauseDownload", request=first, on=False) == {"paused": False}
        until_sent(server, 0.35)
        host.begin("cancel", request=first)
        with pytest.raises(HostError, match="cancelled"):
            host.result(first, seconds=15)
        host.begin("start", session=session)
        until_sent(server, 0.6)
        host.process.kill()
    with HostClient(world.environment, HOST) as host:
        session = open_session(host, world)
        assert host.result(host.begin("start", session=session), seconds=1000)["state"] == 5
        nothing_twice(server, interruptions=3)
        host.call("close", session=session)
    assert world.leftovers() == []
