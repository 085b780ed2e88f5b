"""The real PHP and Node, installed where they are missing."""

from __future__ import annotations

import shutil

import pytest

from tests.rig import cache, packages


def _installed(name: str, package: str) -> str:
    if shutil.which(name) is None:
        log = cache.root() / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        packages.install_missing({package: f"/usr/bin/{name}"}, log)
    found = shutil.which(name)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def php() -> str:
    return _installed("php", "php-cli")


@pytest.fixture(scope="session")
def node() -> str:
    return _installed("node", "nodejs")
