"""What names stand for by this computer's own resolver, and so where a page lies."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Collection

from cvmwebapi.config import sites
from cvmwebapi.net.spaces import Space, farthest, space_of

# Reserved (RFC 6761, 6762, 8375, and ICANN's decision on "internal"): nobody on the internet can have such a name.
_LOCAL_ENDINGS = ("localhost", "test", "local", "internal", "home.arpa")

_PATIENCE = 2.0
"""Seconds for a look-up that only judges: in some networks nobody answers them at all."""


def addresses_of(host: str, port: int = 0) -> list[str]:
    """The IP addresses of a host, the best first. Raises ``OSError`` (unknown, or no answer) and ``UnicodeError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def literal(host: str) -> str:
    """The IP address that ``host`` is a spelling of, as the resolver reads it (``127.1``, ``0x7f000001``); else ""."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return ""
    return str(found[0][4][0])


def is_local_name(host: str) -> bool:
    """Whether no server of the internet can have this name."""
    labels = host.lower().rstrip(".")
    return "." not in labels or labels.endswith(tuple(f".{ending}" for ending in _LOCAL_ENDINGS))


def page_space(domain: str, local_sites: Collection[str]) -> Space:
    """How near an address may be that a page of ``domain`` names.

    Never by what a name of the internet stands for: its owner could have it lead anywhere at the right moment. For a
    website whose name is one of the internet, and whose servers aren't, somebody who answers for this computer has to
    say so (``Settings.local_network_sites``).
    """
    if sites.listed(domain, local_sites):
        return Space.COMPUTER
    address = literal(domain)
    if address:
        return space_of(address) or Space.INTERNET
    if not is_local_name(domain):
        return Space.INTERNET
    if domain == "localhost" or domain.endswith(".localhost"):
        return Space.COMPUTER
    try:
        return farthest(addresses_of(domain)) or Space.INTERNET
    except (OSError, UnicodeError):
        return Space.INTERNET


def may_ask(host: str, nearest: Space) -> bool:
    """Whether a proxy may be asked for ``host``: only the name can be judged then, not the connection.

    A name that this computer can't look up is left to the proxy: behind many, nothing else resolves names.
    """
    if nearest is Space.COMPUTER:
        return True
    address = literal(host)
    if address:
        return space_of(address) >= nearest
    if nearest is Space.INTERNET and is_local_name(host):
        return False
    return all(space_of(address, named=True) >= nearest for address in _addresses_in_time(host))


def _addresses_in_time(host: str) -> list[str]:
    """Empty when the name is not known, or nobody says so soon."""
    found: list[str] = []

    def look_up() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(addresses_of(host))

    looking = threading.Thread(target=look_up, name="name-look-up", daemon=True)
    looking.start()
    looking.join(_PATIENCE)
    return list(found)
