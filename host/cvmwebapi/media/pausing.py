"""Downloads that a person has paused for a while: what has come is kept, and nothing is connected."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar

_asked: ContextVar[threading.Event | None] = ContextVar("paused", default=None)


@contextlib.contextmanager
def by(asked: threading.Event) -> Iterator[None]:
    """The downloads of this thread rest as long as ``asked`` is set."""
    before = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(before)


def wish() -> Callable[[], bool]:
    """What tells, in any thread, whether the downloads of this one shall rest."""
    asked = _asked.get()
    return asked.is_set if asked else lambda: False
