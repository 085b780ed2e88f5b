"""``cernvm-webapi hypervisor verify``: is the list genuine, and what would it give to whom?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("verify", help="check the signature and every entry of the list")
    parser.add_argument("folder", type=Path, help="folder of the list")
    parser.add_argument("--root-key", type=Path, required=True, help="file of the public root key")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.provision import installers, signed_list
    from cvmwebapi.vmcp import signature

    content = inputs.read_file(options.folder / signed_list.LIST)
    raw = inputs.read_file(options.folder / signed_list.SIGNATURE)
    root = inputs.read_public_key(options.root_key)
    if not signature.matches(content, raw, root, signature.algorithms(root)[0]):
        print(f"{signed_list.SIGNATURE} is not the signature of {signed_list.LIST} by this root key")
        return 1
    try:
        found = installers.parse(content)
    except installers.BadList as error:
        print(f"{signed_list.LIST}: {error}")
        return 1
    for item in found.installers:
        where = " ".join(word for word in (item.system, item.machine, item.distribution, item.release) if word)
        print(f"{where}\t{item.version}\t{item.kind}\t{item.url}")
    print(f"The list is genuine. Serial number {found.serial}, {len(found.installers)} installers.")
    return 0
