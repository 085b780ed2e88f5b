"""How a website recognises a computer again, without two websites being able to compare notes (vmcp.md)."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path

from cvmwebapi import files, paths

_LOCAL_ID = re.compile(r"[0-9a-f]{64}")


def local_id(folder: Path | None = None) -> str:
    """The random id of this user account, made on first use; it never leaves the computer.

    Kept in ``local-id`` of the data folder, readable by the user alone. An unreadable file is replaced: websites then
    see a new computer, and nothing else is lost. Raises ``OSError`` when the folder can't be written.
    """
    file = (folder or paths.data_folder()) / "local-id"
    try:
        text = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        text = ""
    if _LOCAL_ID.fullmatch(text):
        return text
    files.write_private(file, secrets.token_hex(32).encode("ascii"))
    # Read back: of two hosts that start at once, both go on with the id that stayed.
    return file.read_text("ascii")


def host_id(local: str, domain: str) -> str:
    """What ``domain`` gets to see: hex SHA-256 of ``<local id>|<domain>``."""
    return hashlib.sha256(f"{local}|{domain}".encode()).hexdigest()
