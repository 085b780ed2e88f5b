"""The two files of a keystore in one folder, and edits of the list that keep all other lines as they are."""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from cvmwebapi.command_line import inputs

LIST = "domainkeys.lst"
SIGNATURE = "domainkeys.sig"
LISTS = (LIST, "installers.json", "releases.lst")
"""What a snapshot is made over."""

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def domain_name(text: str) -> str:
    """A domain as hosts look it up: lower case, without the last dot; raises ``CVMError("inputUnusable")``."""
    domain = text.lower().rstrip(".")
    if len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        try:
            ipaddress.ip_address(domain)
        except ValueError:
            detail = "it is no host name (without https://, and other scripts in their xn-- form)"
            raise inputs.unusable(text, detail) from None
    return domain


def read_lines(folder: Path) -> list[str]:
    """The lines of the list; none when the keystore is new. Raises ``CVMError("inputUnusable")``."""
    file = folder / LIST
    if not file.exists():
        return []
    try:
        return inputs.read_file(file).decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise inputs.unusable(file, "it holds characters other than ASCII") from error


def line_domain(line: str) -> str:
    """The domain that a line lists; empty for comments and the like."""
    domain, equals, _ = line.strip().partition("=")
    return domain.strip().lower() if equals and not domain.startswith("#") else ""


def write_lines(folder: Path, lines: list[str]) -> None:
    """Replace the list in one step, under a new serial number. Its signature is then out of date."""
    from cvmwebapi import website
    from cvmwebapi.vmcp.keystore_history import serial_of

    serial = serial_of("\n".join(lines).encode("ascii"))
    kept = [line for line in lines if not serial_of(line.encode("ascii"))]
    # The time, so that a keystore that is set up anew goes on above the numbers that hosts have seen of it.
    replace(folder / LIST, website.keystore_list(kept, max(serial + 1, int(time.time()))))
    print(f"{folder / LIST} has changed. Now sign it: cernvm-webapi keystore sign {folder} --key ROOT_KEY")


def dated(folder: Path, days: int) -> bytes:
    """The list as it is to be signed now: under a new serial number, with the dates from which and until which it
    counts.
    """
    from cvmwebapi import website
    from cvmwebapi.vmcp.keystore_history import serial_of

    lines = read_lines(folder)
    serial = serial_of("\n".join(lines).encode("ascii"))
    kept = [line for line in lines if not line.startswith(("#serial ", "#signed ", "#expires "))]
    now = int(time.time())
    return website.keystore_list(kept, max(serial + 1, now), signed=now, expires=now + days * 86_400)


def sign_snapshot(folder: Path, key: Any, days: int) -> None:
    """Write and sign which of the folder's lists belong together now. Raises ``ValueError`` for a key not RSA."""
    from cvmwebapi import website
    from cvmwebapi.vmcp import list_names

    lists = {name: (folder / name).read_bytes() for name in LISTS if (folder / name).exists()}
    now = time.time()
    content = website.snapshot(lists, now, now + days * 86_400)
    replace(folder / list_names.SNAPSHOT, content)
    replace(folder / list_names.SNAPSHOT.replace(".lst", ".sig"), website.sign_keystore(content, key))


def add_days(parser: argparse.ArgumentParser) -> None:
    """Add the option for how long a signature counts."""
    parser.add_argument("--days", type=int, default=30, help="days after which hosts refuse the list (default: 30)")


def replace(file: Path, content: bytes) -> None:
    """Write a public file in one step: a web server never sends half of it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except OSError as error:
        raise inputs.unusable(file, error.strerror or "it can't be written") from error
