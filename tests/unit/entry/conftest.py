"""A dispatcher for each test; what still runs at its end is let go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.entry.wire import Held, Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    made = Wire(monkeypatch)
    yield made
    made.dispatcher.close()


@pytest.fixture
def held() -> Iterator[Held]:
    action = Held()
    yield action
    action.go.set()
