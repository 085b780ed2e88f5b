"""``cernvm-webapi keystore verify``: is the list genuine, and every line of it usable?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store
from cvmwebapi.errors import CVMError


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("verify", help="check the signature and every line of the list")
    parser.add_argument("folder", type=Path, help="folder of the keystore")
    parser.add_argument("--root-key", type=Path, required=True, help="file of the public root key")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.vmcp import signature

    content = inputs.read_file(options.folder / store.LIST)
    raw = inputs.read_file(options.folder / store.SIGNATURE)
    problems = line_problems(content)
    if not signature.matches(content, raw, inputs.read_public_key(options.root_key), signature.RSA_PKCS1):
        problems.insert(0, f"{store.SIGNATURE} is not the signature of {store.LIST} by this root key")
    for problem in problems:
        print(problem)
    if not problems:
        print("The list is genuine, and every line of it is usable.")
    return 1 if problems else 0


def line_problems(content: bytes) -> list[str]:
    """What hosts would stumble over, half a sentence each; empty lines and comments are no problem."""
    from cvmwebapi.vmcp import keys

    problems: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(content.decode("ascii", "replace").splitlines(), start=1):
        domain, text = store.line_domain(line), line.partition("=")[2]
        if not domain:
            if line.strip() and not line.startswith("#"):
                problems.append(f"line {number} is no domain=key")
            continue
        try:
            if store.domain_name(domain) in seen:
                problems.append(f"line {number} lists {domain} a second time")
            keys.load_public_key(text)
        except (CVMError, keys.BadKey) as error:
            problems.append(f"line {number}: {error}")
        seen.add(domain)
    return problems
