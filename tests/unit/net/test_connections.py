"""Whom a request may reach over its redirects, and that it can be cut: on sockets that only say where they lead."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
from cvmwebapi.net.connections import Guard, GuardedAdapter, TooNear
from cvmwebapi.net.spaces import Space

HOST, PUBLIC, PRIVATE = "site.example", "93.184.216.34", "192.168.1.1"


class Line:
    """A connection to ``address``, which need not be there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.closed = False
        self.cut = False
        self.copies: list[Line] = []

    def getpeername(self) -> tuple[str, int]:
        return self.address, 443

    def dup(self) -> Line:
        self.copies.append(Line(self.address))
        return self.copies[-1]

    def shutdown(self, how: int) -> None:
        assert how == socket.SHUT_RDWR
        self.cut = True

    def close(self) -> None:
        self.closed = True


def admit(guard: Guard, address: str) -> Line:
    line: Any = Line(address)
    assert guard.admit(HOST, line) is line
    assert isinstance(line, Line) and not line.closed
    return line


@pytest.mark.parametrize("first", [PRIVATE, "127.0.0.1", PUBLIC])
def test_a_request_may_begin_anywhere_and_lead_to_the_internet(first: str) -> None:
    guard = Guard()
    admit(guard, first)
    admit(guard, PUBLIC)


def test_a_private_server_may_lead_to_another_but_not_to_this_computer() -> None:
    guard = Guard()
    admit(guard, PRIVATE)
    admit(guard, "10.0.0.1")
    with pytest.raises(TooNear):
        guard.admit(HOST, Line("127.0.0.1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("nearest", "reached"),
    [(Space.INTERNET, [PUBLIC]), (Space.LOCAL, [PUBLIC, PRIVATE]), (Space.COMPUTER, [PUBLIC, PRIVATE, "127.0.0.1"])],
)
def test_the_first_connection_leads_no_nearer_than_it_may(nearest: Space, reached: list[str]) -> None:
    found = []
    for address in (PUBLIC, PRIVATE, "127.0.0.1", "0.0.0.0", "224.0.0.1"):
        line: Any = Line(address)
        try:
            Guard(nearest).admit(HOST, line)
            found.append(address)
        except TooNear:
            assert line.closed and not line.copies
    assert found == reached


@pytest.mark.parametrize("address", [PRIVATE, "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "169.254.169.254"])
def test_the_internet_leads_to_no_private_network(address: str) -> None:
    guard = Guard()
    admit(guard, PUBLIC)
    line: Any = Line(address)
    with pytest.raises(TooNear):
        guard.admit(HOST, line)
    assert line.closed and not line.copies


def test_a_proxy_s_own_address_says_nothing() -> None:
    guard = Guard()
    assert guard.proxied is False
    admit(guard, PUBLIC)
    guard.proxied = True
    admit(guard, PRIVATE)
    guard.proxied = False
    # What came before the proxy still counts.
    with pytest.raises(TooNear):
        guard.admit(HOST, Line(PRIVATE))  # type: ignore[arg-type]


def test_a_cut_ends_all_connections_there_are_and_lets_no_other_begin() -> None:
    guard = Guard()
    lines = [admit(guard, PUBLIC), admit(guard, PUBLIC)]
    guard.cut()
    assert all(line.copies[0].cut and not line.cut for line in lines)
    late: Any = Line(PUBLIC)
    with pytest.raises(ConnectionAbortedError, match=r"^cut$"):
        guard.admit(HOST, late)
    assert late.closed


def test_a_connection_that_has_gone_does_not_keep_the_others_from_being_cut() -> None:
    guard = Guard()
    gone, there = admit(guard, PUBLIC), admit(guard, PUBLIC)

    def shutdown(how: int) -> None:
        raise OSError("not connected")

    gone.copies[0].shutdown = shutdown  # type: ignore[method-assign]
    guard.cut()
    assert there.copies[0].cut


def test_what_is_over_is_closed_once() -> None:
    guard = Guard()
    line = admit(guard, PUBLIC)
    guard.release()
    assert line.copies[0].closed
    line.copies[0].closed = False
    guard.release()
    assert not line.copies[0].closed


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_connection_of_requests_is_under_the_guard(scheme: str) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    guard = Guard()
    guard.cut()
    try:
        with requests.Session() as session, pytest.raises(requests.ConnectionError, match="cut"):
            session.trust_env = False
            session.mount(f"{scheme}://", GuardedAdapter(guard))
            session.get(f"{scheme}://127.0.0.1:{server.getsockname()[1]}/", timeout=5)
    finally:
        server.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_so_are_those_to_a_proxy(scheme: str) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    guard = Guard()
    guard.cut()
    proxy = f"http://127.0.0.1:{server.getsockname()[1]}"
    try:
        with requests.Session() as session, pytest.raises(requests.ConnectionError, match="cut"):
            session.trust_env = False
            session.mount(f"{scheme}://", GuardedAdapter(guard))
            session.get(f"{scheme}://example.invalid/", timeout=5, proxies={scheme: proxy})
    finally:
        server.close()


def test_nothing_is_tried_again() -> None:
    assert GuardedAdapter(Guard()).max_retries.total == 0
