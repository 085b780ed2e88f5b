"""``cernvm-webapi keystore remove``: take a website off the list."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("remove", help="take a website off the list")
    parser.add_argument("folder", type=Path, help="folder of the keystore")
    parser.add_argument("domain", help="host name of the website's pages")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    domain = store.domain_name(options.domain)
    lines = store.read_lines(options.folder)
    kept = [line for line in lines if store.line_domain(line) != domain]
    if len(kept) == len(lines):
        raise inputs.unusable(domain, "it is not listed")
    store.write_lines(options.folder, kept)
    return 0
