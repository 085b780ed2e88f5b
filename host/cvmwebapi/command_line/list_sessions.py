"""``cernvm-webapi list``: the sessions of all websites."""

from __future__ import annotations

import argparse
from typing import Any

from cvmwebapi.system import paths


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("list", help="list the virtual machines of all websites")
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    from cvmwebapi.sessions.ledger.store import Ledger

    for row in Ledger(paths.ledger()).all():
        print(f"{row.domain}\t{row.name}\t{row.stage.value}\t{row.vm}")
    return 0
