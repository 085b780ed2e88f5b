"""``cernvm-webapi hypervisor sign``: put the keystore maintainer's signature under the list of installers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("sign", help="sign the list")
    parser.add_argument("folder", type=Path, help="folder of the list")
    parser.add_argument("--key", type=Path, required=True, help="PEM file of the private root key (RSA)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi import website
    from cvmwebapi.provision import installers, signed_list

    place = options.folder / signed_list.LIST
    content = inputs.read_file(place)
    try:
        installers.parse(content)
    except installers.BadList as error:
        raise inputs.unusable(place, str(error)) from error
    try:
        signature = website.sign_keystore(content, inputs.read_private_key(options.key))
    except ValueError as error:
        raise inputs.unusable(options.key, str(error)) from error
    store.replace(options.folder / signed_list.SIGNATURE, signature)
    print(f"signed {place}")
    return 0
