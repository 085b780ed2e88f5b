"""The packages, built once for all tests here: two different times and folders must not show in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer.zipapp import build as zipapp
from tests.rig import cache
from tests.rig.packages import install_missing


@pytest.fixture(scope="session", autouse=True)
def curl() -> None:
    """The installation in one line begins with it."""
    install_missing({"curl": "/usr/bin/curl"}, cache.root() / "logs" / "packages.log")


@pytest.fixture(scope="session")
def program() -> Path:
    """The single-file program of these very sources."""
    from installer import sources

    parts = [path for path in sorted((sources.CHECKOUT / "host/cvmwebapi").rglob("*")) if path.is_file()]
    parts += sorted((sources.CHECKOUT / "manifest-templates").rglob("*.json"))
    parts = [path for path in parts if path.suffix != ".pyc"]
    own = [Path(zipapp.__file__), Path(zipapp.__file__).with_name("start.py")]
    own += [sources.CHECKOUT / name for name in sources.FILES]
    key = cache.recipe_key(zipapp.name(), *parts, *own)
    return cache.build("zipapp", key, lambda folder, log: (zipapp.build(folder), None)[1]) / zipapp.name()
