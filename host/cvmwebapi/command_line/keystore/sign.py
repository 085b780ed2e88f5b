"""``cernvm-webapi keystore sign``: put the maintainer's signature under the list."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("sign", help="sign the list")
    parser.add_argument("folder", type=Path, help="folder of the keystore")
    parser.add_argument("--key", type=Path, required=True, help="PEM file of the private root key (RSA)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi import website
    from cvmwebapi.command_line.keystore import verify

    content = inputs.read_file(options.folder / store.LIST)
    problems = verify.line_problems(content)
    if problems:
        raise inputs.unusable(options.folder / store.LIST, problems[0])
    key = inputs.read_private_key(options.key)
    try:
        signature = website.sign_keystore(content, key)
    except ValueError as error:
        raise inputs.unusable(options.key, str(error)) from error
    store.replace(options.folder / store.SIGNATURE, signature)
    print(f"signed {options.folder / store.LIST}")
    return 0
