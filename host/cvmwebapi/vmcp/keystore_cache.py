"""The copy of a signed list on disk: list, signature and times in one file, so that they can't come apart."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.system import files


@dataclass(frozen=True)
class Kept:
    """A list with its signature; ``fetched`` and ``asked`` (the last try) are seconds since 1970."""

    content: bytes
    signature: bytes
    fetched: float
    asked: float


class KeystoreCache:
    """One list's file in ``folder``, named after ``identity``: the address together with the root key."""

    def __init__(self, folder: Path, identity: str) -> None:
        self._file = folder / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.json"

    def load(self) -> Kept | None:
        """What was saved, or ``None`` when there is nothing usable. Whether it is genuine is not known yet."""
        try:
            raw = json.loads(self._file.read_bytes())
            return Kept(
                base64.b64decode(raw["list"], validate=True),
                base64.b64decode(raw["signature"], validate=True),
                float(raw["fetched"]),
                float(raw["asked"]),
            )
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def save(self, kept: Kept) -> None:
        """Keep it for the next time; a full or read-only disk is no reason to refuse the list itself."""
        raw = {
            "list": base64.b64encode(kept.content).decode("ascii"),
            "signature": base64.b64encode(kept.signature).decode("ascii"),
            "fetched": kept.fetched,
            "asked": kept.asked,
        }
        with contextlib.suppress(OSError):
            files.write_private(self._file, json.dumps(raw).encode("ascii"))
