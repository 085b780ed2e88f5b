"""How a website recognises a computer again, without two websites being able to compare notes (docs/vmcp.md)."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path

from cvmwebapi.system import files, paths

_LOCAL_ID = re.compile(r"[0-9a-f]{64}")


def local_id(folder: Path | None = None) -> str:
    """The random id of this user account, made on first use; it never leaves the computer.

    Kept in ``local-id`` of the data folder, readable by the user alone. An unreadable file is replaced: websites then
    see a new computer, and nothing else is lost. Raises ``OSError`` when the folder can't be written.
    """
    folder = folder or paths.data_folder()
    file = folder / "local-id"
    known = _read(file)
    if known:
        return known
    # Of hosts that start at once, all go on with one id: websites take another for another computer.
    with files.locked(paths.locks_folder(folder) / "local-id"):
        known = _read(file)
        if not known:
            known = secrets.token_hex(32)
            files.write_private(file, known.encode("ascii"))
        return known


def _read(file: Path) -> str:
    try:
        text = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return text if _LOCAL_ID.fullmatch(text) else ""


def host_id(local: str, domain: str) -> str:
    """What ``domain`` gets to see: hex SHA-256 of ``<local id>|<domain>``."""
    return hashlib.sha256(f"{local}|{domain}".encode()).hexdigest()
