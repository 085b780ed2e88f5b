"""How the suites are spread over workers that run side by side (pytest-xdist): hooks of pytest, for a conftest.

The tests of a file share a world, and those of one browser in it share that browser too: such a group stays together.
What takes longest comes first, or one worker sits idle at the end while the other does the rest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests import drivers

if TYPE_CHECKING:
    from xdist.remote import Producer

#: Seconds that something takes, roughly, on two cores that do nothing else: of each test, and of what it shares.
_TEST = {"virtualbox": 5.0, "browser": 2.0}
_GUEST_BOOTS = 20.0
_GUESTS = ("guest_world", "ensure_iso")


def group(node: str) -> str:
    """That of a test, by its id: its file, and the browser among its parameters."""
    file, _, name = node.partition("::")
    found = re.search(rf"\[(?:.*-)?({'|'.join(drivers.NAMES)})\b", name)
    return f"{file}[{found[1]}]" if found else file


def seconds(item: pytest.Item) -> float:
    """What to expect of a test."""
    marks = [_TEST[mark.name] for mark in item.iter_markers() if mark.name in _TEST]
    fixtures = getattr(item, "fixturenames", ())
    return max(marks, default=0.5) + (_GUEST_BOOTS if any(name in _GUESTS for name in fixtures) else 0.0)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, put the groups first that take longest. Within a group the order stays."""
    if not hasattr(config, "workerinput"):
        return
    first: dict[str, int] = {}
    total: dict[str, float] = defaultdict(float)
    for index, item in enumerate(items):
        name = group(item.nodeid)
        first.setdefault(name, index)
        total[name] += seconds(item)
    items.sort(key=lambda item: (-total[group(item.nodeid)], first[group(item.nodeid)]))


class Groups(LoadScopeScheduling):
    """Hands out whole groups."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """For `--dist loadscope`."""
    return Groups(config, log) if config.getoption("dist") == "loadscope" else None
