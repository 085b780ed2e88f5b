"""``cernvm-webapi keystore add``: list a website."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("add", help="list a website with its public key")
    parser.add_argument("folder", type=Path, help="folder of the keystore, made if it is missing")
    parser.add_argument("domain", help="host name of the website's pages")
    parser.add_argument("key", type=Path, help="file of its public key")
    parser.add_argument("--replace", action="store_true", help="replace another key of this domain")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.vmcp import keys

    domain = store.domain_name(options.domain)
    line = f"{domain}={keys.to_base64(inputs.read_public_key(options.key))}"
    lines = store.read_lines(options.folder)
    others = [other for other in lines if store.line_domain(other) == domain and other != line]
    if others and not options.replace:
        raise inputs.unusable(domain, "another key is listed for it; --replace puts this one in its place")
    kept = [other for other in lines if store.line_domain(other) != domain]
    store.write_lines(options.folder, [*kept, line])
    return 0
