"""``cernvm-webapi keystore sign``: date the list, and put the maintainer's signature under it and the snapshot."""

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
    store.add_days(parser)
    parser.add_argument("--releases", type=Path, help="tree of boot images, for which the keystore then signs too")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi import website
    from cvmwebapi.command_line.keystore import release_list, verify

    problems = verify.line_problems(inputs.read_file(options.folder / store.LIST))
    if problems:
        raise inputs.unusable(options.folder / store.LIST, problems[0])
    key = inputs.read_private_key(options.key)
    content = store.dated(options.folder, options.days)
    try:
        signature = website.sign_keystore(content, key)
    except ValueError as error:
        raise inputs.unusable(options.key, str(error)) from error
    store.replace(options.folder / store.LIST, content)
    store.replace(options.folder / store.SIGNATURE, signature)
    if options.releases:
        releases = release_list.of_tree(options.releases, options.days)
        store.replace(options.folder / release_list.LIST, releases)
        store.replace(options.folder / release_list.SIGNATURE, website.sign_keystore(releases, key))
    store.sign_snapshot(options.folder, key, options.days)
    print(f"signed {options.folder / store.LIST}. Hosts believe it for {options.days} days: sign it again before.")
    return 0
