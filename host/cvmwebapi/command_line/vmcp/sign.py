"""``cernvm-webapi vmcp sign``: sign one description for one salt."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser(
        "sign", help="sign a description", description="Print a description with its signature, as JSON."
    )
    parser.add_argument("file", type=Path, help="JSON object: the description of a machine")
    parser.add_argument("--salt", required=True, help="the cvm_salt of the request")
    parser.add_argument("--key", type=Path, required=True, help="PEM file of the private key")
    parser.add_argument("--algorithm", help="only needed for rsa-pss-sha512")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi import website

    parameters = inputs.read_object(options.file)
    key = inputs.read_private_key(options.key)
    try:
        print(inputs.as_json(website.sign(parameters, options.salt, key, options.algorithm)))
    except ValueError as error:
        raise inputs.unusable(options.file, str(error)) from error
    return 0
