"""What is set once by one thread, and learned of at once by others.

Like ``threading.Event``, but one may wait for several of them, and have things done by them. Imported before the
handshake, so that it does without modules that are not.
"""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Latch:
    """Set once and for all, by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: dict[object, Callable[[], object]] = {}
        self.is_set = False

    def set(self) -> None:
        """Call, in this thread, all who asked to be. One that raises hinders no other; the first error is raised then.

        Another time it does nothing.
        """
        with self._lock:
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
            self.is_set = True
        failure: Exception | None = None
        for callback in callbacks:
            try:
                callback()
            except Exception as error:
                failure = failure or error
        if failure:
            raise failure

    def add(self, owner: object, callback: Callable[[], object]) -> None:
        """Have ``callback`` called, at once when it is set already: exactly once in any case."""
        with self._lock:
            if not self.is_set:
                self._callbacks[owner] = callback
                return
        callback()

    def remove(self, owner: object) -> None:
        """No call any more, except one that is under way."""
        with self._lock:
            self._callbacks.pop(owner, None)


class Calls:
    """``callback`` is called when one of ``latches`` is set, as long as the block lasts."""

    def __init__(self, callback: Callable[[], object], *latches: Latch) -> None:
        self._callback = callback
        self._latches = latches

    def __enter__(self) -> None:
        for latch in self._latches:
            latch.add(self, self._callback)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for latch in self._latches:
            latch.remove(self)
