"""``cernvm-webapi policy schema``: the one schema of settings, as JSON Schema."""

from __future__ import annotations

import argparse
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.config import settings


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("schema", help="print the schema of settings and policies")
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    print(inputs.as_json(settings.schema()))
    return 0
