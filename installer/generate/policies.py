"""What follows from the settings' own table: the extension's managed schema, and the ready policy files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cvmwebapi.config import settings
from cvmwebapi.installation import policy_files

from installer.sources import CHECKOUT

_READY = CHECKOUT / "manifest-templates/policy"
_SCHEMA = CHECKOUT / "extension/managed-schema.json"
_BY_HAND = ("example.json", "README.md")


def files() -> dict[Path, bytes]:
    """The schema, and a file for each browser and system, with the values of the example."""
    values = json.loads((_READY / "example.json").read_text("utf-8"))
    ready = {_READY / name: content for name, content in policy_files.all_files(values, policy_files.AddOn()).items()}
    return {**ready, _SCHEMA: (json.dumps(settings.schema(), indent=2, ensure_ascii=False) + "\n").encode()}


def present() -> Iterable[Path]:
    """All of the folder but what is written by hand."""
    return [path for path in _READY.rglob("*") if path.is_file() and path.name not in _BY_HAND]
