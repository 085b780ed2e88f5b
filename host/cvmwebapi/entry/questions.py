"""Questions to the user: asked by a request, shown by the extension, answered by its window alone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from cvmwebapi.asking import Answer
from cvmwebapi.entry.outbox import Outbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cvmwebapi.texts.codes import DetailCode

_LOOK_SECONDS = 0.1
MAX_WAITING = 3
"""Questions of one domain that may wait for the user at a time: more of them are no way to get a yes."""
_CHOICES = {True: ("once", "always"), False: ("", "never")}


def answer_of(params: dict[str, Any]) -> Answer:
    """The answer that a window gives. Raises ``CVMError("badValue")``: a message that is no clear yes is none."""
    yes = params.get("yes") is True
    choice, resources = params.get("answer", "once" if yes else ""), params.get("resources", {})
    if choice not in _CHOICES[yes]:
        raise _bad("answer", "oneOf", values=", ".join(f'"{choice}"' for choice in _CHOICES[yes]))
    if not isinstance(resources, dict):
        raise _bad("resources", "notObject")
    return Answer(yes, choice, resources)


def _bad(name: str, code: DetailCode, **params: str) -> Exception:
    from cvmwebapi.errors import CVMError
    from cvmwebapi.texts.phrase import detail

    return CVMError("badValue", name=name, detail=detail(code, **params))


class _Pending:
    def __init__(self, domain: str, check: Callable[[Answer], None]) -> None:
        self.domain = domain
        self.check = check
        self.answered = threading.Event()
        self.answer = Answer()


class Questions:
    """The questions that wait for an answer."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._numbers = itertools.count(1)
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        question: str,
        request: str,
        details: dict[str, Any],
        cancelled: Callable[[], bool],
        check: Callable[[Answer], None] = lambda answer: None,
    ) -> Answer:
        """Ask, and wait for as long as the user takes. A no also when the request is cancelled.

        ``check`` raises ``CVMError`` for an answer that can't be taken; the question then stays open.
        Raises ``CVMError("tooManyQuestions")`` when that many of ``details["domain"]`` wait already.
        """
        number = f"q{next(self._numbers)}"
        pending = self._enter(number, _Pending(str(details.get("domain", "")), check))
        try:
            self._outbox.send({"question": question, "id": number, "request": request, "details": details})
            while not pending.answered.wait(_LOOK_SECONDS):
                if cancelled() or self._outbox.closed.is_set():
                    self._outbox.send({"questionGone": number})
                    return Answer()
            return pending.answer
        finally:
            with self._lock:
                del self._pending[number]

    def _enter(self, number: str, pending: _Pending) -> _Pending:
        with self._lock:
            if sum(other.domain == pending.domain for other in self._pending.values()) >= MAX_WAITING:
                from cvmwebapi.errors import CVMError

                raise CVMError("tooManyQuestions", limit=MAX_WAITING)
            self._pending[number] = pending
        return pending

    def answer(self, number: str, answer: Answer) -> bool:
        """Hand in the user's answer; the first one counts. ``False`` when nobody waits for it."""
        pending = self._pending.get(number)
        if pending is None or pending.answered.is_set():
            return False
        pending.check(answer)
        pending.answer = answer
        pending.answered.set()
        return True
