"""Never an older list than one seen: the highest serial number of each root key's lists.

The format of vmcp.md has no date, and a signature never ends: whoever can answer in the keystore's place could bring
back a list with a key that has been withdrawn since. So a list may hold a line ``#serial N``; readers that don't know
it pass over it. A list without that line counts as number 0: as long as a keystore never numbers its lists, nothing
changes for it, and once it does, a list without number is an old one.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

from cvmwebapi import files, paths

_LINE = re.compile(rb"^#serial ([0-9]{1,18})\s*$", re.MULTILINE)


def serial_of(content: bytes) -> int:
    """The number of a list, the highest if it gives several; 0 if none."""
    return max(map(int, _LINE.findall(content)), default=0)


class SeenSerials:
    """The highest number seen for each root key, in one file among the data: a cleared cache must not undo it."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or paths.data_folder()
        self._file = folder / "keystore-serials.json"
        self._lock = folder / "locks" / "keystore-serials"

    def highest(self, root_fingerprint: str) -> int:
        """0 when no numbered list was seen."""
        return self._read().get(root_fingerprint, 0)

    def saw(self, root_fingerprint: str, serial: int) -> None:
        """Remember a genuine list; a full or read-only disk is no reason to refuse it."""
        if serial <= self.highest(root_fingerprint):
            return
        with contextlib.suppress(OSError), files.locked(self._lock, seconds=5):
            seen = self._read()
            seen[root_fingerprint] = max(serial, seen.get(root_fingerprint, 0))
            files.write_private(self._file, json.dumps(seen, indent=1).encode("ascii"))

    def _read(self) -> dict[str, int]:
        try:
            raw = json.loads(self._file.read_bytes())
            return {str(key): int(value) for key, value in raw.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}
