"""``cernvm-webapi remove``: destroy the machines of a website, or of all."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cvmwebapi.errors import CVMError


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("remove", help="remove the virtual machines of a website, with their disks")
    parser.add_argument("domain", help="the website's domain, or 'all'")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return remove(options.domain)


def remove(domain: str) -> int:
    """Remove the machines of ``domain`` or of ``all``; 1 when one could not be."""
    from cvmwebapi.sessions.manager import Sessions
    from cvmwebapi.states import State
    from cvmwebapi.tasks import Task

    sessions = Sessions.open(lambda session, event, args: None)
    task, status = Task(), 0
    for row in sessions.ledger.all():
        if domain not in ("all", row.domain):
            continue
        try:
            session = sessions.session(row)
            session.refresh(task)
            session.reach(State.MISSING, task)
            sessions.forget(session)
            print(f"removed {row.name} of {row.domain}")
        except CVMError as error:
            print(f"{row.name} of {row.domain}: {error.message} {error.fix}", file=sys.stderr)
            status = 1
    return status
