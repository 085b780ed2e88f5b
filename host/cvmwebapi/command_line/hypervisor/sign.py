"""``cernvm-webapi hypervisor sign``: put the keystore maintainer's signature under the list of installers."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("sign", help="sign the list")
    parser.add_argument("folder", type=Path, help="folder of the list")
    parser.add_argument("--key", type=Path, required=True, help="PEM file of the private root key (RSA)")
    store.add_days(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from cvmwebapi import website
    from cvmwebapi.provision import installers, signed_list
    from cvmwebapi.vmcp.list_age import text_of

    place = options.folder / signed_list.LIST
    try:
        found = installers.parse(inputs.read_file(place))
    except installers.BadList as error:
        raise inputs.unusable(place, str(error)) from error
    now = int(time.time())
    end = text_of(now + options.days * 86_400)
    content = replace(found, serial=max(found.serial + 1, now), signed=text_of(now), expires=end).to_json()
    key = inputs.read_private_key(options.key)
    try:
        signature = website.sign_keystore(content, key)
    except ValueError as error:
        raise inputs.unusable(options.key, str(error)) from error
    store.replace(place, content)
    store.replace(options.folder / signed_list.SIGNATURE, signature)
    store.sign_snapshot(options.folder, key, options.days)
    print(f"signed {place}")
    return 0
