"""Where an address lies: on this computer, in a local network, or on the internet. Pure.

The spaces are those of browsers (WICG, Local Network Access), the blocks those of IANA's registries of special-purpose
addresses. ``ipaddress.is_global`` won't do: it takes multicast, site-local and wrapped addresses for public ones, and
its answers differ between versions of Python.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from enum import IntEnum

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Space(IntEnum):
    """The lower, the nearer. Who lies in one may reach what lies in it, and what lies farther away."""

    NOWHERE = 0
    """No single server can be there: multicast, reserved, tunnels. Nobody may reach it."""
    COMPUTER = 1
    LOCAL = 2
    INTERNET = 3


_V4 = {
    Space.COMPUTER: ("127.0.0.0/8",),
    Space.LOCAL: ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    Space.NOWHERE: (
        # "This network", whose first address leads to this computer on many systems.
        "0.0.0.0/8",
        "192.0.0.0/24",
        # For documents.
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        # The relay of 6to4.
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ),
}
_V6 = {
    Space.COMPUTER: ("::1/128",),
    # fec0: site-local, which some routers still know; 64:ff9b:1: translation to IPv4 within a network.
    Space.LOCAL: ("fc00::/7", "fe80::/10", "fec0::/10", "64:ff9b:1::/48"),
    # IETF's protocols (Teredo among them), documents, and 6to4: tunnels that may end anywhere.
    Space.NOWHERE: ("2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16"),
    # All that is given to anybody of what is left.
    Space.INTERNET: ("2000::/3",),
}
# An IPv4 address is in the last 32 bits: mapped, compatible, translated, and NAT64, which networks without IPv4 need.
_WRAPPED = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
# The same below a prefix of any network (ISATAP).
_ISATAP = (0x00005EFE, 0x02005EFE)

_BLOCKS = [
    (ipaddress.ip_network(block), space) for table in (_V4, _V6) for space, blocks in table.items() for block in blocks
]
# Some proxies answer every name with an address of this block, meant for measurements, and find the server by it.
_STAND_INS = ipaddress.IPv4Network("198.18.0.0/15")


def space_of(address: str, named: bool = False) -> Space:
    """The space of an IP address (perhaps with a zone, which no public one has); ``NOWHERE`` for any other text.

    ``named``: it is what a name stands for, by this computer's own resolver.
    """
    text, zone, _ = address.partition("%")
    try:
        found = _unwrapped(ipaddress.ip_address(text))
    except ValueError:
        return Space.NOWHERE
    if named and found in _STAND_INS:
        return Space.INTERNET
    # The first block that has it: the special ones stand before the whole.
    default = Space.INTERNET if found.version == 4 else Space.NOWHERE
    space = next((space for block, space in _BLOCKS if found in block), default)
    return min(space, Space.LOCAL) if zone else space


def farthest(addresses: Iterable[str]) -> Space:
    """The farthest space of several addresses; ``INTERNET`` for none: what isn't known to be near is far."""
    return max((space_of(address) for address in addresses), default=Space.INTERNET)


def _unwrapped(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address) or int(address) in (0, 1):
        return address
    isatap = int(address) >> 32 & 0xFFFFFFFF in _ISATAP
    if isatap or any(address in block for block in _WRAPPED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
