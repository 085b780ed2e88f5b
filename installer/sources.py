"""The program's sources apart from the checkout, for builds that leave nothing behind in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
EPOCH = 1_767_225_600
"""The time that all packed files bear, so that the same sources give the same bytes: 1 January 2026."""
FILES = ("setup.cfg", "pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md")
"""Beside the Python package, what its build reads."""


def version() -> str:
    """Of the program."""
    found = re.search(r'__version__ = "([^"]+)"', (CHECKOUT / "host/cvmwebapi/__init__.py").read_text("utf-8"))
    assert found
    return found[1]


def copy(folder: Path) -> Path:
    """What is needed to build the Python package; links become the files that they lead to."""
    for name in FILES:
        shutil.copy(CHECKOUT / name, folder / name)
    copy_package(folder / "host" / "cvmwebapi")
    return folder


def copy_package(folder: Path) -> None:
    """The Python package alone, with its templates and its own language: the others are the extension's."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")
    shutil.copytree(CHECKOUT / "host" / "cvmwebapi", folder, ignore=ignored)
    for path in (folder / "texts").glob("*.json"):
        if path.name != "en.json":
            path.unlink()


def fill(template: Path, **values: str) -> str:
    """A template of ours with its ``@NAMES@`` replaced; ``KeyError`` for one without a value."""
    return re.sub(r"@([A-Z_0-9]+)@", lambda found: values[found[1]], template.read_text("utf-8"))
