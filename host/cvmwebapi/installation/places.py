"""What lies where the manifest of a browser belongs: ours, somebody else's, or nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.installation import browsers
from cvmwebapi.installation.browsers import launcher_of
from cvmwebapi.texts.phrase import detail


@dataclass(frozen=True)
class Finding:
    """How a browser stands: ``state`` is registered, missing, foreign, noLauncher or unreadable."""

    browser: str
    place: str
    state: str
    launcher: str = ""


def finding(name: str, place: Path) -> Finding:
    """How a browser stands as far as one of its places tells."""
    return Finding(name, str(place), *looked_at(place))


def looked_at(place: Path) -> tuple[str, str]:
    """The state of a place, and the launcher that its manifest names."""
    kind, content = reading(place)
    if kind != "ours":
        return kind, ""
    launcher = launcher_of(content)
    return ("registered" if os.access(launcher, os.X_OK) else "noLauncher"), launcher


def reading(place: Path) -> tuple[str, bytes]:
    """``missing``, ``foreign``, ``unreadable`` or ``ours``, and the content."""
    try:
        if place.is_symlink():
            # Dotfile and package managers link: what they manage is theirs.
            return "foreign", b""
        with place.open("rb") as file:
            content = file.read(65536)
    except (FileNotFoundError, NotADirectoryError):
        return "missing", b""
    except OSError:
        return "unreadable", b""
    return ("ours" if browsers.is_ours(content) else "foreign"), content


def refuse_foreign(place: Path) -> None:
    """Raises ``CVMError``: ``manifestForeign``, or ``installFailed`` where it can't be told."""
    if place.suffix != ".json":
        return
    kind, _content = reading(place)
    if kind == "foreign":
        raise CVMError("manifestForeign", place=str(place))
    if kind == "unreadable":
        raise CVMError("installFailed", place=str(place), detail=detail("notReadable"))
