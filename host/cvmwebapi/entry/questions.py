"""Questions to the user: asked by a request, shown by the extension, answered by its window alone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from cvmwebapi.entry.outbox import Outbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOOK_SECONDS = 0.1


class _Pending:
    def __init__(self) -> None:
        self.answered = threading.Event()
        self.yes = False


class Questions:
    """The questions that wait for an answer."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._numbers = itertools.count(1)
        self._pending: dict[str, _Pending] = {}

    def ask(self, question: str, request: str, details: dict[str, Any], cancelled: Callable[[], bool]) -> bool:
        """Ask, and wait for as long as the user takes. ``False`` for a no, and when the request is cancelled."""
        number = f"q{next(self._numbers)}"
        pending = self._pending[number] = _Pending()
        try:
            self._outbox.send({"question": question, "id": number, "request": request, "details": details})
            while not pending.answered.wait(_LOOK_SECONDS):
                if cancelled() or self._outbox.closed.is_set():
                    self._outbox.send({"questionGone": number})
                    return False
            return pending.yes
        finally:
            del self._pending[number]

    def answer(self, number: str, yes: bool) -> bool:
        """Hand in the user's answer; the first one counts. ``False`` when nobody waits for it."""
        pending = self._pending.get(number)
        if pending is None or pending.answered.is_set():
            return False
        pending.yes = yes
        pending.answered.set()
        return True
