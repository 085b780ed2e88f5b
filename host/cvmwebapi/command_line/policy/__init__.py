"""``cernvm-webapi policy``: for administrators, one file each."""

from __future__ import annotations

from typing import Any

from cvmwebapi.command_line.policy import generate, schema, validate


def add_to(commands: Any) -> None:
    """Add the sub-commands."""
    parser = commands.add_parser("policy", help="for administrators: check and make policy files")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for module in (validate, generate, schema):
        module.add_to(actions)
