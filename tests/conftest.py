"""What all suites share: worlds with and without a guest that boots, new ones after a failure."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import hypothesis
import pytest

from tests.fresh_after_failure import pytest_runtest_makereport, pytest_runtest_teardown
from tests.lab.world import World, blank_iso
from tests.side_by_side import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = [
    "HOST",
    "guest_world",
    "pytest_collection_modifyitems",
    "pytest_runtest_makereport",
    "pytest_runtest_teardown",
    "pytest_xdist_make_scheduler",
    "world",
]

# A busy machine makes any example slow now and then: pytest-timeout ends what hangs.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

# Whoever runs the tests in the background ignores these, and what the tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _ignored in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(_ignored, signal.SIG_DFL)

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
