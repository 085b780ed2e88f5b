"""``cernvm-webapi published-keys …``: the websites that vouch for themselves, as this computer knows them."""

from __future__ import annotations

import argparse
from typing import Any


def add_to(commands: Any) -> None:
    """Add the group."""
    parser = commands.add_parser("published-keys", help="show or forget the keys that websites published themselves")
    group = parser.add_subparsers(dest="published_keys_command", required=True, metavar="COMMAND")
    group.add_parser("list", help="print websites, fingerprints and contacts").set_defaults(run=_list)
    forget = group.add_parser(
        "forget",
        help="forget the key of a website",
        description="Forget the key of a website: at its next use, the key that it publishes then is believed. "
        "Ask its authors first, by another way than the website, whether the new key is theirs.",
    )
    forget.add_argument("domain", help="host name of the website's pages")
    forget.set_defaults(run=_forget)


def _list(_options: argparse.Namespace) -> int:
    from cvmwebapi.vmcp import keys
    from cvmwebapi.vmcp.pinned_keys import PinnedKeys

    for pin in PinnedKeys().all():
        print(f"{pin.domain}\t{keys.fingerprint(pin.key)}\t{pin.contact}")
    return 0


def _forget(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line import inputs
    from cvmwebapi.vmcp.pinned_keys import PinnedKeys

    domain = options.domain.lower().rstrip(".")
    if not PinnedKeys().forget(domain):
        raise inputs.unusable(domain[:200], "no key of it is known")
    print(f"forgot the key of {domain}")
    return 0
