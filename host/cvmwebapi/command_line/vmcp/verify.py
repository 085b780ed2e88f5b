"""``cernvm-webapi vmcp verify``: judge a recorded answer as a host would."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser(
        "verify", help="verify a signed description", description="Judge a signed description as a host would."
    )
    parser.add_argument("file", type=Path, help="the answer of an endpoint")
    parser.add_argument("--salt", required=True, help="the cvm_salt of the request")
    parser.add_argument("--key", type=Path, required=True, help="file of the public key")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.command_line.vmcp import report
    from cvmwebapi.vmcp import answer_problems

    key = inputs.read_public_key(options.key)
    problems = answer_problems.answer_problems(inputs.read_file(options.file), options.salt, key, str(options.file))
    return report.show(problems, "The signature is right, and so is the description.")
