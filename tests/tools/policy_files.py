"""Writes what follows from the settings' own table: the extension's managed schema, and the ready policy files.

``python tests/tools/policy_files.py`` writes them; a test checks that they are up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cvmwebapi import settings
from cvmwebapi.installation import policy_files

ROOT = Path(__file__).resolve().parents[2]
READY = ROOT / "manifest-templates" / "policy"
SCHEMA = ROOT / "extension" / "managed-schema.json"


def generated() -> dict[Path, bytes]:
    """Path → content."""
    values = json.loads((READY / "example.json").read_text("utf-8"))
    files = {READY / name: content for name, content in policy_files.all_files(values, policy_files.AddOn()).items()}
    return {**files, SCHEMA: (json.dumps(settings.schema(), indent=2, ensure_ascii=False) + "\n").encode()}


def outdated() -> list[Path]:
    """Those that are missing, differ, or are there without being generated."""
    wanted = generated()
    present = {path for path in READY.rglob("*") if path.is_file() and path.name not in ("example.json", "README.md")}
    stale = {path for path, content in wanted.items() if not path.exists() or path.read_bytes() != content}
    return sorted(stale | (present - set(wanted)))


def main() -> int:
    """Write all."""
    for path, content in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
