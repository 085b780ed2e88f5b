"""Gives a download up while it waits for a silent line."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvmwebapi.net.connections import Guard

_POLL = 0.1


@contextlib.contextmanager
def cut_when(cancelled: Callable[[], bool], guard: Guard) -> Iterator[None]:
    """Cut the connection when ``cancelled`` says so: on a silent line nobody else would notice for long."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_POLL):
            if cancelled():
                guard.cut()
                return

    watcher = threading.Thread(target=watch, name="download-cancel", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
