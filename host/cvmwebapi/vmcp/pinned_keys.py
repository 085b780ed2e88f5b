"""The keys that sites published when they were first used, one private file a site among the data.

Files of their own, so that a damaged one costs one site; named after a hash, so that no website chooses a file's name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.system import files, paths
from cvmwebapi.tasks import Task
from cvmwebapi.vmcp import keys


@dataclass(frozen=True)
class Pin:
    """The key of a site; ``next`` is one that it has vouched for already. Times are seconds since 1970."""

    domain: str
    key: keys.PublicKey
    algorithm: str
    contact: str
    first_seen: float
    last_seen: float
    """When the site was last found to publish this key, exact to a day."""
    next: keys.PublicKey | None = None


class PinnedKeys:
    """All pins of this user account; hosts that run at once share them."""

    def __init__(self, folder: Path | None = None) -> None:
        data = folder or paths.data_folder()
        self._folder = data / "pinned-keys"
        self._lock = paths.locks_folder(data) / "pinned-keys"

    def locked(self, task: Task | None = None) -> contextlib.AbstractContextManager[None]:
        """Hold this from reading a pin to changing it: of two hosts that meet a site at once, one comes first."""
        return files.locked(self._lock, seconds=10, task=task)

    def get(self, domain: str) -> Pin | None:
        """The pin of a site. Raises ``CVMError("pinnedKeyBroken")``: a damaged pin is no leave to trust any key."""
        try:
            pin = _read(self._file(domain))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise CVMError("pinnedKeyBroken", domain=domain, file=str(self._file(domain))) from error
        if pin.domain != domain:
            raise CVMError("pinnedKeyBroken", domain=domain, file=str(self._file(domain)))
        return pin

    def put(self, pin: Pin) -> None:
        """Pin a key, in place of what was pinned for its site. Raises ``OSError``."""
        raw = {
            "domain": pin.domain,
            "key": keys.to_base64(pin.key),
            "algorithm": pin.algorithm,
            "contact": pin.contact,
            "first_seen": pin.first_seen,
            "last_seen": pin.last_seen,
            **({"next": keys.to_base64(pin.next)} if pin.next else {}),
        }
        files.write_private(self._file(pin.domain), json.dumps(raw, indent=1).encode("ascii"))

    def forget(self, domain: str) -> bool:
        """Drop a pin, damaged or not; whether there was one. The next use of the site pins anew."""
        try:
            self._file(domain).unlink()
        except FileNotFoundError:
            return False
        return True

    def all(self) -> list[Pin]:
        """All pins that can be read, by domain."""
        pins = []
        for file in self._folder.glob("*.json"):
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
                pins.append(_read(file))
        return sorted(pins, key=lambda pin: pin.domain)

    def _file(self, domain: str) -> Path:
        return self._folder / f"{hashlib.sha256(domain.encode()).hexdigest()[:32]}.json"


def _read(file: Path) -> Pin:
    raw = json.loads(file.read_bytes())
    return Pin(
        domain=str(raw["domain"]),
        key=keys.load_public_key(str(raw["key"])),
        algorithm=str(raw["algorithm"]),
        contact=str(raw["contact"]),
        first_seen=float(raw["first_seen"]),
        last_seen=float(raw["last_seen"]),
        next=keys.load_public_key(str(raw["next"])) if "next" in raw else None,
    )
