"""``cernvm-webapi keystore list``: the websites and the fingerprints of their keys."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line.keystore import store


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("list", help="print the websites and the fingerprints of their keys")
    parser.add_argument("folder", type=Path, help="folder of the keystore")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.vmcp import keys
    from cvmwebapi.vmcp.keystore import parse_list

    for domain, text in sorted(parse_list("\n".join(store.read_lines(options.folder)).encode()).items()):
        try:
            shown = keys.fingerprint(keys.load_public_key(text))
        except keys.BadKey as error:
            shown = f"unusable: {error}"
        print(f"{domain}\t{shown}")
    return 0
