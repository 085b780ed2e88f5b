"""``cernvm-webapi keystore …``: for those who run a list of trusted websites, one sub-command a file."""

from __future__ import annotations

from typing import Any


def add_to(commands: Any) -> None:
    """Add the group."""
    from cvmwebapi.command_line.keystore import add, list_domains, remove, sign, verify

    parser = commands.add_parser("keystore", help="edit, sign and verify a list of trusted websites")
    group = parser.add_subparsers(dest="keystore_command", required=True, metavar="COMMAND")
    for module in (add, list_domains, remove, sign, verify):
        module.add_to(group)
