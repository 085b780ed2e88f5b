"""The context floppy: a shared memory of two halves, for guests that know no CD-ROM (docs/guest.md)."""

from __future__ import annotations

from pathlib import Path

from cvmwebapi.system import files

SIZE = 28_672
MAX_TEXT = 14_334
_FOR_GUEST = SIZE - 2


def content(user_data: str) -> bytes:
    """The whole image. What does not fit is cut off: that is the format's rule."""
    image = bytearray(SIZE)
    text = user_data.encode()[:MAX_TEXT]
    image[: len(text)] = text
    image[_FOR_GUEST] = 1
    return bytes(image)


def write(path: Path, user_data: str) -> None:
    """Write the image, readable by the user alone: it holds secrets of the site. Raises ``OSError``."""
    files.write_private(path, content(user_data))
