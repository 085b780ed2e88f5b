"""Never an older list than one seen: what is remembered of each root key's lists.

The lines of a list (docs/vmcp.md) bear no date, and a signature never ends: whoever can answer in the keystore's place
could bring back a list with a key that has been withdrawn since. So a list may hold a line ``#serial N``; readers that
don't know it pass over it, and a list without it counts as number 0. Of lists with the same number, one that another
has replaced on this computer is the older one: that holds for keystores that never number theirs, too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cvmwebapi.system import files, paths
from cvmwebapi.texts.phrase import Phrase, detail
from cvmwebapi.vmcp import list_age
from cvmwebapi.vmcp.list_age import Age

_LINE = re.compile(rb"^#serial ([0-9]{1,18})\s*$", re.MULTILINE)
_MAX_REPLACED = 256


def serial_of(content: bytes) -> int:
    """The number of a list, the highest if it gives several; 0 if none."""
    return max(map(int, _LINE.findall(content)), default=0)


@dataclass(frozen=True)
class Seen:
    """The lists of one root key: the newest one's number and SHA-256, the SHA-256 of those that it replaced, and since
    when it is known (seconds since 1970).
    """

    serial: int = 0
    newest: str = ""
    replaced: tuple[str, ...] = ()
    since: float = 0.0

    def since_of(self, content: bytes, now: float) -> float:
        """Since when this very list is known: ``now`` if it is new, or the clock was wrong."""
        known = _digest(content) == self.newest and 0 < self.since <= now
        return self.since if known else now

    def age_of(self, content: bytes, now: float) -> Age:
        """Whether this list still counts, by what it says and since when it is known."""
        return list_age.judge(list_age.dates_of(content, serial_of(content)), self.since_of(content, now), now)

    def why_older(self, content: bytes) -> Phrase | None:
        """``None`` when the list is none of the older ones."""
        serial = serial_of(content)
        if serial < self.serial:
            return detail("olderNumber", serial=serial, seen=self.serial)
        if serial == self.serial and _digest(content) in self.replaced:
            return detail("replaced")
        return None

    def after(self, content: bytes, now: float) -> Seen:
        """With this list as the newest."""
        serial, digest = serial_of(content), _digest(content)
        if (serial, digest) == (self.serial, self.newest):
            return replace(self, since=self.since_of(content, now))
        # Lists with lower numbers are told by their numbers.
        replaced = (*self.replaced, self.newest) if serial == self.serial and self.newest else ()
        return Seen(serial, digest, replaced[-_MAX_REPLACED:], now)


class KeystoreHistory:
    """``Seen`` for each root key, in one file among the data: a cleared cache must not undo it."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or paths.data_folder()
        self._file = folder / "keystore-history.json"
        self._lock = paths.locks_folder(folder) / "keystore-history"

    def of(self, root_fingerprint: str) -> Seen:
        """What was seen; nothing, when the file is missing or damaged."""
        return self._read().get(root_fingerprint, Seen())

    def saw(self, root_fingerprint: str, content: bytes, now: float) -> None:
        """Remember a genuine list that is not older; a full or read-only disk is no reason to refuse it."""
        if self.of(root_fingerprint).after(content, now) == self.of(root_fingerprint):
            return
        with contextlib.suppress(OSError), files.locked(self._lock, seconds=5):
            seen = self._read()
            before = seen.get(root_fingerprint, Seen())
            # Another host may have been faster, with a newer one.
            if not before.why_older(content):
                seen[root_fingerprint] = before.after(content, now)
                text = json.dumps({key: asdict(value) for key, value in seen.items()}, indent=1)
                files.write_private(self._file, text.encode("ascii"))

    def _read(self) -> dict[str, Seen]:
        try:
            raw = json.loads(self._file.read_bytes())
            return {
                str(key): Seen(
                    int(value["serial"]),
                    str(value["newest"]),
                    tuple(map(str, value["replaced"])),
                    float(value.get("since", 0)),
                )
                for key, value in raw.items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
