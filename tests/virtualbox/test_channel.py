"""The application channel through the real host: limits, flow control, memory. Our server has the machine's port."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest

from tests.conftest import HOST
from tests.lab.application import Application
from tests.lab.world import World
from tests.stdio.client import HostClient, HostError

pytestmark = pytest.mark.virtualbox
MARK = [["X-Mine", "1"]]
WINDOW = 512 * 1024


@pytest.fixture(scope="module")
def host(world: World) -> Iterator[HostClient]:
    with HostClient(world.environment, HOST) as client:
        client.hello()
        yield client


@pytest.fixture(scope="module")
def session(host: HostClient, world: World) -> Iterator[dict[str, Any]]:
    """A running machine whose port is free for a server of ours."""
    query = urlencode({"name": "channel", "memory": 64, "disk": 0})
    number = host.call("requestSession", url=f"{world.vmcp}?{query}")["session"]
    snapshot = host.call("start", session=number)
    world.home.run("controlvm", next(iter(world.home.vms().values())), "natpf1", "delete", "api")
    yield snapshot
    host.call("close", session=number)


@pytest.fixture
def application(session: dict[str, Any]) -> Iterator[Application]:
    server = Application(int(session["apiURL"].rpartition(":")[2]))
    yield server
    server.close()


def chunks(host: HostClient, request: str) -> list[bytes]:
    return [base64.b64decode(item["args"][0]) for item in host.events
            if item["event"] == "chunk" and item.get("request") == request]  # fmt: skip


def test_status_headers_and_body_are_kept_but_no_cookies(
    host: HostClient, session: dict[str, Any], application: Application
) -> None:
    sent = [["X-Mine", "1"], ["Cookie", "a=b"], ["Host", "evil.example"], ["Connection", "upgrade"], ["Upgrade", "x"]]
    number = host.begin("fetch", session=session["session"], path="/x?y=1", headers=sent)
    host.result(number)
    status, _, headers = next(item["args"] for item in host.events if item["event"] == "response")
    names = {name.lower() for name, _ in headers}
    assert status == 200 and "x-kept" in names and not names & {"set-cookie", "connection", "x-hop"}
    body = b"".join(chunks(host, number)).decode()
    assert application.marked == ["/x?y=1"]
    assert '"x-mine": "1"' in body and "evil.example" not in body and "a=b" not in body and '"upgrade"' not in body


@pytest.mark.parametrize(
    "path", ["x", "//evil.example/", "/a b", "/a\r\nX: 1", "/é", "http://evil.example/", "", "/" + "a" * 9000, None, 7]
)
def test_no_path_leads_elsewhere(
    host: HostClient, session: dict[str, Any], application: Application, path: Any
) -> None:
    with pytest.raises(HostError, match="badValue"):
        host.call("fetch", session=session["session"], path=path, headers=MARK)
    assert application.marked == []


def test_another_origin_has_no_channel(host: HostClient, session: dict[str, Any], application: Application) -> None:
    with pytest.raises(HostError, match="sessionNotFound"):
        host.call(
            "fetch",
            {"kind": "page", "origin": "https://other.example", "tab": 2},
            session=session["session"],
            path="/",
            headers=MARK,
        )
    assert application.marked == []


def test_a_slow_reader_stops_the_application_and_costs_no_memory(
    host: HostClient, session: dict[str, Any], application: Application
) -> None:
    process = psutil.Process(host.process.pid)
    before = process.memory_info().rss
    number = host.begin("fetch", session=session["session"], path="/big?mb=200")
    deadline = time.monotonic() + 30
    while sum(map(len, chunks(host, number))) < WINDOW:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1)
    assert sum(map(len, chunks(host, number))) == WINDOW, "nothing beyond what the page has room for"
    grown = process.memory_info().rss - before
    assert grown < 16 << 20, grown
    # A page that claims to have room without end gets a window, no more.
    host.call("fetchMore", request=number, bytes=10**12)
    while sum(map(len, chunks(host, number))) < 2 * WINDOW:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1)
    assert sum(map(len, chunks(host, number))) == 2 * WINDOW
    host.call("cancel", request=number)
    with pytest.raises(HostError, match="cancelled"):
        host.result(number, 10)
    assert application.hung_up.wait(10)


def test_64_slow_readers_at_once_and_no_more(
    host: HostClient, session: dict[str, Any], application: Application
) -> None:
    process = psutil.Process(host.process.pid)
    before = process.memory_info().rss
    numbers = [host.begin("fetch", session=session["session"], path="/big?mb=200") for _ in range(64)]
    deadline = time.monotonic() + 90
    while any(sum(map(len, chunks(host, number))) < WINDOW for number in numbers):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    with pytest.raises(HostError, match="tooManyRequests"):
        host.call("fetch", session=session["session"], path="/")
    grown = (process.memory_info().rss - before) >> 20
    print(f"64 slow readers: the host grew by {grown} MB from {before >> 20} MB")
    assert grown < 64, grown
    assert host.call("sync", session=session["session"])["state"] == 5, "others go on working"
    for number in numbers:
        host.call("cancel", request=number)
    for number in numbers:
        with pytest.raises(HostError, match="cancelled"):
            host.result(number, 30)
    assert host.call("fetch", session=session["session"], path="/") == {}


@pytest.mark.parametrize("known", [True, False])
def test_a_body_arrives_whole(host: HostClient, session: dict[str, Any], application: Application, known: bool) -> None:
    data = bytes(range(256)) * 1024
    number = host.begin("fetch", session=session["session"], path="/", method="POST", length=len(data) if known else -1)
    host.call("fetchBody", request=number, data=base64.b64encode(data).decode(), last=False)
    host.call("fetchBody", request=number, data="", last=True)
    host.result(number)
    assert f'"size": {len(data)}, "sum": {sum(data)}' in b"".join(chunks(host, number)).decode()


def test_more_than_was_asked_for_ends_the_request(
    host: HostClient, session: dict[str, Any], application: Application
) -> None:
    number = host.begin("fetch", session=session["session"], path="/silent-post", method="POST", length=-1)
    piece = base64.b64encode(bytes(WINDOW + 1)).decode()
    host.call("fetchBody", request=number, data=piece, last=False)
    with pytest.raises(HostError, match="badMessage"):
        host.result(number, 20)


def test_faults_of_the_application_have_names(
    host: HostClient, session: dict[str, Any], application: Application
) -> None:
    number = session["session"]
    for path, name, more in (
        ("/cut", "apiBroken", {}),
        ("/silent", "apiTimeout", {"timeout": 1}),
        ("/big?mb=257", "bodyTooLarge", {}),
    ):
        with pytest.raises(HostError) as refused:
            host.call("fetch", session=number, path=path, **more)
        assert refused.value.name == name and refused.value.fix
    with pytest.raises(HostError, match="bodyTooLarge"):
        host.call("fetch", session=number, path="/", method="POST", length=(256 << 20) + 1)


def test_nobody_listens(host: HostClient, session: dict[str, Any]) -> None:
    with pytest.raises(HostError, match="apiUnreachable"):
        host.call("fetch", session=session["session"], path="/")
