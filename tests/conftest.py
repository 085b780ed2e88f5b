"""What all suites share: worlds with and without a guest that boots."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import hypothesis
import pytest

from tests.lab.world import World, blank_iso

# A busy machine makes any example slow now and then: pytest-timeout ends what hangs.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

HOST = [sys.executable, "-m", "cvmwebapi"]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A world whose machines boot nothing: enough for states."""
    with World(blank_iso()) as made:
        yield made


@pytest.fixture(scope="module")
def guest_world() -> Iterator[World]:
    """A world whose machines boot the test guest."""
    from tests.rig.guest.build import ensure_iso

    with World(ensure_iso()) as made:
        yield made
