"""``cernvm-webapi vmcp …``: for those who run a website that describes machines, one sub-command a file."""

from __future__ import annotations

from typing import Any


def add_to(commands: Any) -> None:
    """Add the group."""
    from cvmwebapi.command_line.vmcp import check, keygen, publish, serve, sign, verify

    parser = commands.add_parser("vmcp", help="keys, signatures and a server for websites that describe machines")
    group = parser.add_subparsers(dest="vmcp_command", required=True, metavar="COMMAND")
    for module in (keygen, sign, verify, serve, check, publish):
        module.add_to(group)
