"""What becomes of a download."""

from __future__ import annotations

from pathlib import Path


class Target:
    """What becomes of the bytes besides the file that they are kept in; this one: nothing, and a final name."""

    def __init__(self, final: Path) -> None:
        self._final = final

    def there(self) -> Path | None:
        """The finished file, when it is there already."""
        return self._final if self._final.exists() else None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""

    def restart(self) -> None:
        """All bytes so far were wrong."""

    def abandon(self) -> None:
        """There will be no more of them for now."""

    def finish(self, part: Path) -> Path:
        """All bytes have come and are right: they are in ``part``. Returns the finished file."""
        return part.replace(self._final)
