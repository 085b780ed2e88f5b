"""Worlds and browsers are shared by the tests of a file. After a failure nobody knows what is left in them: the next
test gets new ones, so that one fault fails one test. Two hooks of pytest, for a conftest to import.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note who failed."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Take down all that a failed test stood on, but for what lasts for the whole session."""
    if item.stash.get(_FAILED, False):
        # pytest has no public name for it; pytest-rerunfailures goes the same way.
        item.session._setupstate.teardown_exact(item.session)
