"""``cernvm-webapi hypervisor …``: VirtualBox on this computer, and the signed list of its installers."""

from __future__ import annotations

from typing import Any


def add_to(commands: Any) -> None:
    """Add the group."""
    from cvmwebapi.command_line.hypervisor import add, extension_pack, install, sign, verify

    parser = commands.add_parser("hypervisor", help="install VirtualBox; make and sign the list of its installers")
    group = parser.add_subparsers(dest="hypervisor_command", required=True, metavar="COMMAND")
    for module in (install, extension_pack, add, sign, verify):
        module.add_to(group)
