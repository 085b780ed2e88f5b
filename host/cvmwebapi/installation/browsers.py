"""The browsers that we know, from ``manifest-templates/browsers.json``: where each looks for native messaging hosts.

``$CONFIG`` there is the user's configuration folder. Rows marked ``unsure`` follow what users report: those browsers'
makers document nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cvmwebapi.system import platforms

TEMPLATES = Path(__file__).resolve().parents[1] / "manifest_templates"


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, Any]]:
    """All rows by the browser's name."""
    rows: dict[str, dict[str, Any]] = json.loads((TEMPLATES / "browsers.json").read_text("utf-8"))
    return rows


@dataclass(frozen=True)
class Computer:
    """The computer that is installed to, or a double of it: ``system`` is linux, macos or windows."""

    system: str
    home: Path
    root: Path = Path("/")
    """Below it lies all that belongs to the system: another one for packages."""
    config: Path | None = None
    """``$XDG_CONFIG_HOME``, if set."""

    @classmethod
    def this(cls, home: Path, root: Path = Path("/")) -> Computer:
        """The one that this runs on."""
        config = os.environ.get("XDG_CONFIG_HOME", "")
        return cls(platforms.THIS, home, root, Path(config) if config.startswith("/") else None)

    def path(self, text: str) -> Path:
        """A path of the table on this computer."""
        if text.startswith("~/"):
            return self.home / text[2:]
        if text.startswith("$CONFIG/"):
            return (self.config or self.home / ".config") / text[len("$CONFIG/") :]
        return self.root / text.lstrip("/")

    def folders(self, browser: str, system_wide: bool) -> list[Path]:
        """Where a browser looks for manifests; none on Windows, where the registry tells."""
        row = table()[browser].get(self.system, {})
        return [self.path(text) for text in row.get("system" if system_wide else "user", ())]

    def found(self) -> list[str]:
        """The browsers that are on this computer, by what they leave there. Not on Windows: see windows.py."""
        return [name for name, row in table().items() if self._any(row[self.system]["found"])]

    def _any(self, places: Iterable[str]) -> bool:
        return any(os.path.lexists(self.path(place)) for place in places)


def manifest(family: str, launcher: str) -> bytes:
    """The native messaging manifest for a ``family`` of browsers, ``chromium`` or ``firefox``."""
    return (json.dumps({**_template(family), "path": launcher}, indent=2, ensure_ascii=False) + "\n").encode()


@lru_cache(maxsize=2)
def _template(family: str) -> dict[str, object]:
    parsed: dict[str, object] = json.loads((TEMPLATES / "native-messaging" / f"{family}.json").read_text("utf-8"))
    return parsed


def host_name() -> str:
    """The name of the native messaging host, that of its manifests too."""
    return str(_template("chromium")["name"])


def is_ours(content: bytes) -> bool:
    """Whether a manifest is one of this program, of whatever version: of its name, for our extension alone."""
    try:
        value = json.loads(content)
    except ValueError:
        return False
    if not isinstance(value, dict):
        return False
    return any(
        value.get("name") == _template(family)["name"] and value.get(key) == _template(family)[key]
        for family, key in (("chromium", "allowed_origins"), ("firefox", "allowed_extensions"))
    )


def launcher_of(content: bytes) -> str:
    """The program that a manifest names."""
    return str(json.loads(content).get("path", ""))
