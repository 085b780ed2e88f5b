"""Questions to the user: asked by a request, shown by the extension, answered by its window alone."""

from __future__ import annotations

import itertools
import threading

from cvmwebapi.entry.outbox import Outbox
from cvmwebapi.latch import Latch
from cvmwebapi.protocol import MAX_WAITING_QUESTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cvmwebapi.asking import Answer, Asker, Question
    from cvmwebapi.protocol.shapes import AnswerQuestionParams
    from cvmwebapi.tasks import Task
    from cvmwebapi.texts.codes import DetailCode

_CHOICES = {True: ("once", "always"), False: ("", "never")}


def answer_of(params: AnswerQuestionParams) -> Answer:
    """The answer that a window gives. Raises ``CVMError("badValue")``: a message that is no clear yes is none."""
    from cvmwebapi.asking import Answer

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
    def __init__(self, question: Question) -> None:
        self.question = question
        self.answered = Latch()
        self.answer: Answer | None = None


class Questions:
    """The questions that wait for an answer."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._numbers = itertools.count(1)
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()

    def of(self, request: str) -> Asker:
        """Who asks on behalf of a request, by its id."""
        return _RequestAsker(self, request)

    def ask(self, question: Question, request: str, task: Task) -> Answer:
        """As ``Asker.ask``; ``tooManyQuestions`` when that many of its domain wait already."""
        from cvmwebapi.asking import Answer

        number = f"q{next(self._numbers)}"
        pending = self._enter(number, _Pending(question))
        try:
            details = question.details()
            self._outbox.send({"question": question.kind, "id": number, "request": request, "details": details})
            while not task.wait(question.look_every, until=pending.answered):
                if question.moot():
                    break
            return Answer() if pending.answer is None else pending.answer
        finally:
            with self._lock:
                del self._pending[number]
            if pending.answer is None:
                self._outbox.send({"questionGone": number})

    def _enter(self, number: str, pending: _Pending) -> _Pending:
        with self._lock:
            domain = pending.question.domain
            if sum(other.question.domain == domain for other in self._pending.values()) >= MAX_WAITING_QUESTIONS:
                from cvmwebapi.errors import CVMError

                raise CVMError("tooManyQuestions", limit=MAX_WAITING_QUESTIONS)
            self._pending[number] = pending
        return pending

    def answer(self, number: str, answer: Answer) -> bool:
        """Hand in the user's answer; the first one counts. ``False`` when nobody waits for it."""
        pending = self._pending.get(number)
        if pending is None or pending.answered.is_set:
            return False
        pending.question.check(answer)
        pending.answer = answer
        pending.answered.set()
        return True


class _RequestAsker:
    def __init__(self, questions: Questions, request: str) -> None:
        self._questions = questions
        self._request = request

    def ask(self, question: Question, task: Task) -> Answer:
        return self._questions.ask(question, self._request, task)
