"""Reading what a person names on the command line: bounded, and with an error that says which file is wrong."""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvmwebapi.errors import CVMError

if TYPE_CHECKING:
    from cvmwebapi.vmcp.keys import PublicKey
    from cvmwebapi.website import PrivateKey

MAX_FILE = 4 * 1024 * 1024


def read_file(file: Path) -> bytes:
    """The content of a file of at most 4 MB; raises ``CVMError("inputUnusable")``."""
    try:
        with file.open("rb") as source:
            content = source.read(MAX_FILE + 1)
    except OSError as error:
        raise unusable(file, error.strerror or "it can't be read") from error
    if len(content) > MAX_FILE:
        raise unusable(file, f"it is larger than {MAX_FILE // 1024} KB")
    return content


def read_object(file: Path) -> dict[str, Any]:
    """The JSON object in a file, as strictly as hosts read answers; raises ``CVMError("inputUnusable")``."""
    from cvmwebapi.vmcp import strict_json

    try:
        return strict_json.parse_object(read_file(file))
    except strict_json.BadJson as error:
        raise unusable(file, str(error)) from error


def read_private_key(file: Path) -> PrivateKey:
    """A private key; asks the terminal for the password of an encrypted one. Raises ``CVMError("inputUnusable")``."""
    from cvmwebapi import website

    pem = read_file(file)
    password = getpass.getpass(f"Password of {file}: ").encode() if b"ENCRYPTED" in pem else None
    try:
        return website.load_key(pem, password)
    except ValueError as error:
        raise unusable(file, str(error)) from error


def read_public_key(file: Path) -> PublicKey:
    """A public key, as PEM or base64 of DER; raises ``CVMError("inputUnusable")``."""
    from cvmwebapi.vmcp import keys

    try:
        return keys.load_public_key(read_file(file).decode("ascii"))
    except ValueError as error:
        detail = str(error) if isinstance(error, keys.BadKey) else "it is no public key"
        raise unusable(file, detail) from error


def write_new(file: Path, content: bytes, mode: int) -> None:
    """Write a file that must not exist yet; raises ``CVMError``: ``fileExists``, ``inputUnusable``."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise CVMError("fileExists", file=str(file)) from error
    except OSError as error:
        raise unusable(file, error.strerror or "it can't be written") from error
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)


def as_json(value: Any) -> str:
    """``value`` for people and programs: indented, in ASCII, so that no terminal changes a character."""
    return json.dumps(value, indent=2)


def plain(value: dict[str, object]) -> dict[str, object]:
    """``value`` as JSON has it: lists for tuples."""
    copy: dict[str, object] = json.loads(json.dumps(value))
    return copy


def unusable(what: object, detail: str) -> CVMError:
    """The error for an input that is wrong."""
    return CVMError("inputUnusable", what=str(what), detail=detail)
