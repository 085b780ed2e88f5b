"""Where addresses lie, by every spelling; and that a page reaches none that is nearer than itself."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest
from cvmwebapi.net import document, names
from cvmwebapi.net.spaces import Space, space_of

from tests.unit.net.servers import Reply, Site
from tests.unit.site_fixtures import failure

INTERNET = ["8.8.8.8", "192.31.196.1", "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
LOCAL = [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "fd00::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "2a00:1450::1%eth0",
    "fec0::1",
    "feff::1",
    "64:ff9b:1::a00:1",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "::10.0.0.1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2a00:1450::5efe:10.0.0.1",
    "2a00:1450::200:5efe:192.168.0.1",
]
COMPUTER = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"]
NOWHERE = [
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "::ffff:0.0.0.0",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "ff0e::1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "192.88.99.1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "5f00::1",
    "4000::1",
    "junk",
    "",
    "1.2.3",
    "010.0.0.1",
]
SPACES = {Space.INTERNET: INTERNET, Space.LOCAL: LOCAL, Space.COMPUTER: COMPUTER, Space.NOWHERE: NOWHERE}


@pytest.mark.parametrize(("address", "space"), [(a, space) for space, found in SPACES.items() for a in found])
def test_where_an_address_lies(address: str, space: Space) -> None:
    assert space_of(address) is space


def test_a_proxy_s_stand_in_is_one_only_for_a_name() -> None:
    assert space_of("198.18.0.1", named=True) is Space.INTERNET
    assert space_of("198.18.0.1") is Space.NOWHERE
    assert space_of("10.0.0.1", named=True) is Space.LOCAL


Resolver = Callable[..., None]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """``resolver(name=[[addresses], [those of the next look-up]])``; the last ones stay."""
    real = socket.getaddrinfo

    def use(**table: list[list[str]]) -> None:
        left = {name.replace("_", "."): list(rounds) for name, rounds in table.items()}

        def doubled(host: str, port: object, *args: object, **kwargs: int) -> list[object]:
            if kwargs.get("flags") or host not in left:
                return real(host, port, *args, **kwargs)  # type: ignore[arg-type,return-value]
            rounds = left[host]
            addresses = rounds.pop(0) if len(rounds) > 1 else rounds[0]
            return [item for address in addresses for item in real(address, port, *args, **kwargs)]  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", doubled)

    return use


def connections(site: Site) -> int:
    """How many were made to ``site`` so far: those before our own, which comes last in its queue."""
    before = site.connections
    document.get(site.url())
    return max(before, site.connections - 1)


# What a page writes to have this computer's own server asked.
SPELLINGS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "localhost"]


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_page_of_the_internet_reaches_nothing_here(site: Site, host: str) -> None:
    url = f"http://{host}:{site.port}/vmcp"
    error = failure(document.get, url, any_http=True, nearest=Space.INTERNET)
    assert error.name == "vmcpUnreachable"
    assert connections(site) == 0
    # The same is reached where nobody forbids it, or the test proves nothing.
    assert document.get(url, any_http=True) == b"{}"


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0"])
def test_nor_by_spellings_that_nobody_needs(site: Site, host: str) -> None:
    failure(document.get, f"http://{host}:{site.port}/", any_http=True, nearest=Space.INTERNET)
    assert connections(site) == 0


def test_a_name_of_the_internet_that_leads_here(site: Site, resolver: Resolver) -> None:
    resolver(evil_example=[["127.0.0.1"]])
    error = failure(document.get, f"http://evil.example:{site.port}/", any_http=True, nearest=Space.INTERNET)
    assert error.name == "vmcpUnreachable"
    assert connections(site) == 0


def test_a_name_is_looked_up_once(site: Site, resolver: Resolver) -> None:
    """Else the second answer could be another one than that which was judged."""
    resolver(evil_example=[["8.8.8.8"], ["127.0.0.1"]])
    error = failure(
        document.get, f"http://evil.example:{site.port}/", any_http=True, nearest=Space.INTERNET, seconds=1.5
    )
    assert error.name in ("vmcpUnreachable", "vmcpTooSlow")
    assert connections(site) == 0


def test_of_several_addresses_only_those_far_enough_are_tried(site: Site, resolver: Resolver) -> None:
    resolver(two_example=[["10.255.255.1", "127.0.0.1"]])
    failure(document.get, f"http://two.example:{site.port}/", any_http=True, nearest=Space.LOCAL, seconds=1.5)
    assert connections(site) == 0


def test_the_socket_has_the_last_word(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes between judging an address and connecting to it."""
    monkeypatch.setattr(names, "addresses_of", lambda host, port: ["8.8.8.8"])
    connect = socket.create_connection
    monkeypatch.setattr(
        "cvmwebapi.net.connections.create_connection",
        lambda *args: connect(("127.0.0.1", site.port)),
    )
    error = failure(document.get, f"http://far.example:{site.port}/", any_http=True, nearest=Space.INTERNET)
    assert error.name == "vmcpUnreachable"
    assert site.seen == []


def test_no_redirect_leads_nearer_than_where_it_comes_from(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server at the name's address is said to be in the local network; from there, none leads to this computer."""
    near = {"127.0.0.2": Space.LOCAL}
    monkeypatch.setattr(
        "cvmwebapi.net.connections.space_of", lambda address, named: near.get(address) or space_of(address, named)
    )
    other = Site(host="127.0.0.2")
    try:
        other.answer = lambda seen: Reply(status=302, headers={"Location": site.url("/inside")})
        error = failure(document.get, other.url("/outside", host="127.0.0.2"), any_http=True)
    finally:
        other.close()
    assert error.name == "vmcpRedirect"
    assert "private network" in error.message
    assert connections(site) == 0


class TestThroughAProxy:
    """The proxy connects, so only the name can be judged."""

    @pytest.fixture
    def proxy(self, monkeypatch: pytest.MonkeyPatch, site: Site) -> Site:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, site.url(""))
        site.answer = lambda seen: Reply(b"proxied")
        return site

    @pytest.mark.parametrize(
        "host",
        ["10.0.0.1", "127.0.0.2", "0x0a000001", "[fd00::1]", "[64:ff9b::a00:1]", "printer", "nas.local", "a.test"],
    )
    def test_what_lies_near_is_not_asked_for(self, proxy: Site, host: str) -> None:
        assert failure(document.get, f"http://{host}/", any_http=True, nearest=Space.INTERNET).name == "vmcpUnreachable"
        assert proxy.seen == []

    def test_nor_a_name_that_stands_for_it(self, proxy: Site, resolver: Resolver) -> None:
        resolver(evil_example=[["8.8.8.8", "192.168.0.1"]])
        failure(document.get, "http://evil.example/", any_http=True, nearest=Space.INTERNET)
        assert proxy.seen == []

    def test_what_only_the_proxy_knows_is_left_to_it(self, proxy: Site) -> None:
        assert document.get("http://no-such.invalid/", any_http=True, nearest=Space.INTERNET) == b"proxied"

    def test_a_redirect_is_judged_again(self, proxy: Site) -> None:
        proxy.answer = lambda seen: Reply(status=302, headers={"Location": "http://192.168.0.1/"})
        error = failure(document.get, "http://no-such.invalid/", any_http=True, nearest=Space.INTERNET)
        assert error.name == "vmcpRedirect"
        assert len(proxy.seen) == 1

    def test_a_page_of_the_local_network_may(self, proxy: Site) -> None:
        assert document.get("http://10.0.0.1/", any_http=True, nearest=Space.LOCAL) == b"proxied"


@pytest.mark.parametrize(
    ("domain", "space"),
    [
        ("example.org", Space.INTERNET),
        ("8.8.8.8", Space.INTERNET),
        ("10.1.2.3", Space.LOCAL),
        ("fd00::1", Space.LOCAL),
        ("127.0.0.1", Space.COMPUTER),
        ("::1", Space.COMPUTER),
        ("localhost", Space.COMPUTER),
        ("site.localhost", Space.COMPUTER),
        ("0.0.0.0", Space.INTERNET),
        ("no-such.local", Space.INTERNET),
        ("nas.local", Space.LOCAL),
        ("both.internal", Space.INTERNET),
        ("intranet.example", Space.INTERNET),
        ("named.example", Space.COMPUTER),
    ],
)
def test_where_a_page_lies(resolver: Resolver, domain: str, space: Space) -> None:
    """A name of the internet may stand for anything at the right moment, so it never makes a page a near one."""
    resolver(nas_local=[["192.168.0.9"]], both_internal=[["10.0.0.1", "8.8.8.8"]], intranet_example=[["10.0.0.1"]])
    assert names.page_space(domain, ["named.example"]) is space


def test_a_name_that_takes_too_long_is_left_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_PATIENCE", 0.05)

    def slow(host: str) -> list[str]:
        time.sleep(0.5)
        return ["10.0.0.1"]

    monkeypatch.setattr(names, "addresses_of", slow)
    assert names.may_ask("slow.example", Space.INTERNET)
