"""Several files written or removed as one: all, or none and no trace."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import why


class Transaction:
    """``write`` everything first, then ``commit``. Use as context manager: leaving it without a commit undoes it."""

    def __init__(self, stay: Iterable[Path] = ()) -> None:
        """``stay``: folders that are never removed, however empty."""
        self._staged: list[tuple[Path, Path]] = []
        self._made: list[Path] = []
        self._before: list[tuple[Path, bytes | None, int]] = []
        self._stay = set(stay)

    def write(self, place: Path, content: bytes, mode: int, folder_mode: int) -> None:
        """Put ``content`` beside ``place``, on the same disk. Raises ``CVMError("installFailed")``."""
        try:
            self._make(place.parent, folder_mode)
            descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
            self._staged.append((Path(name), place))
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
        except OSError as error:
            raise _failed(place, error) from error

    def _make(self, folder: Path, mode: int) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir()
            self._made.append(each)
            # Whatever the umask of who installs: others must be able to read what is for all.
            each.chmod(mode)

    def commit(self) -> None:
        """Let all files take their places. Raises ``CVMError("installFailed")``; then the old ones are back."""
        for temporary, place in self._staged:
            try:
                before = (place.read_bytes(), place.stat().st_mode & 0o777) if place.exists() else (None, 0)
                temporary.replace(place)
            except OSError as error:
                raise _failed(place, error) from error
            self._before.append((place, *before))
        self._staged, self._made, self._before = [], [], []

    def __enter__(self) -> Transaction:
        return self

    def __exit__(self, *_: object) -> None:
        for place, content, mode in self._before:
            with contextlib.suppress(OSError):
                if content is None:
                    place.unlink()
                else:
                    place.write_bytes(content)
                    place.chmod(mode)
        for temporary, _place in self._staged:
            with contextlib.suppress(OSError):
                temporary.unlink()
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def remove(place: Path, stop: Iterable[Path]) -> None:
    """Remove a file, and the folders above it that are empty then, up to those of ``stop``.

    Raises ``CVMError("installFailed")``.
    """
    stop = set(stop)
    try:
        place.unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failed(place, error) from error
    for folder in place.parents:
        if folder in stop or folder.parent == folder:
            return
        try:
            folder.rmdir()
        except OSError:
            # Someone else's files are there.
            return


def _failed(place: Path, error: OSError) -> CVMError:
    return CVMError("installFailed", place=str(place), detail=why(error))
