"""Questions to the user: what counts as an answer, how many may wait, when they end."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from cvmwebapi.asking import Answer
from cvmwebapi.entry.outbox import Outbox
from cvmwebapi.entry.questions import Questions, answer_of
from cvmwebapi.tasks import Task

from tests.unit.entry.wire import SECONDS, Confirm, Sent
from tests.unit.site_fixtures import failure

MOST = 3


class Asking:
    """Questions, each asked by a thread of its own, and their answers in the order in which they came."""

    def __init__(self) -> None:
        self.sent = Sent()
        self.outbox = Outbox(self.sent)
        self.questions = Questions(self.outbox)
        self.gone = threading.Event()
        self.task = Task()
        self.answers: list[Answer] = []
        self._threads: list[threading.Thread] = []

    def ask(self, request: str, domain: str = "") -> str:
        """The id of the question."""
        asked = Confirm(domain, moot=self.gone.is_set)

        def wait() -> None:
            self.answers.append(self.questions.ask(asked, request, self.task))

        self._threads.append(threading.Thread(target=wait))
        self._threads[-1].start()
        question = self.sent.wait(lambda message: message.get("request") == request)
        assert question["question"] == "confirm" and question["details"] == asked.details()
        return str(question["id"])

    def end(self) -> None:
        for thread in self._threads:
            thread.join(SECONDS)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("told", "yes", "choice"),
    [
        ({"yes": True}, True, "once"),
        ({"yes": True, "answer": "once"}, True, "once"),
        ({"yes": True, "answer": "always"}, True, "always"),
        ({"yes": False}, False, ""),
        ({"yes": False, "answer": "never"}, False, "never"),
        ({}, False, ""),
        # What is no clear yes is none.
        ({"yes": 1}, False, ""),
        ({"yes": "true"}, False, ""),
        ({"yes": None, "answer": "never"}, False, "never"),
        ({"yes": [True]}, False, ""),
    ],
)
def test_what_an_answer_means(told: dict[str, Any], yes: bool, choice: str) -> None:
    answer = answer_of(told)
    assert (answer.yes, answer.choice, answer.resources) == (yes, choice, {})


def test_what_the_user_lowered_comes_along() -> None:
    assert answer_of({"yes": True, "resources": {"cpus": 1}}).resources == {"cpus": 1}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"yes": True, "answer": "never"}, "answer"),
        ({"yes": True, "answer": ""}, "answer"),
        ({"yes": False, "answer": "once"}, "answer"),
        ({"yes": False, "answer": "always"}, "answer"),
        ({"yes": True, "answer": "whatever"}, "answer"),
        ({"yes": True, "answer": ["once"]}, "answer"),
        ({"yes": "true", "answer": "once"}, "answer"),
        ({"yes": True, "resources": [1]}, "resources"),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(told: dict[str, Any], name: str) -> None:
    error = failure(lambda: answer_of(told))
    assert (error.name, error.params["name"]) == ("badValue", name) and error.params["detail"]


def test_a_no_for_ever_arrives_as_one() -> None:
    asking = Asking()
    assert asking.questions.answer(asking.ask("n1"), Answer(False, "never"))
    asking.end()
    assert asking.answers == [Answer(False, "never")]


def test_the_first_answer_counts_and_only_for_its_own_question() -> None:
    asking = Asking()
    one, two = asking.ask("n1", domain="a.org"), asking.ask("n2", domain="b.org")
    assert one != two
    assert asking.questions.answer(one, Answer(True, "always"))
    assert not asking.questions.answer(one, Answer(False)), "it has its answer"
    assert not asking.questions.answer("q99", Answer(True))
    asking.gone.set()
    asking.end()
    assert sorted((answer.yes, answer.choice) for answer in asking.answers) == [(False, ""), (True, "always")]
    assert {"questionGone": two} in asking.sent.messages and {"questionGone": one} not in asking.sent.messages
    assert not asking.questions.answer(one, Answer(True))


def test_a_website_may_have_three_questions_open() -> None:
    asking = Asking()
    for number in range(MOST):
        asking.ask(f"n{number}", domain="a.org")
    error = failure(lambda: asking.questions.ask(Confirm("a.org"), "n9", Task()))
    assert (error.name, error.params["limit"]) == ("tooManyQuestions", MOST)
    # It takes nothing from others.
    asking.ask("m", domain="b.org")
    asking.gone.set()
    asking.end()
    # Those that have ended make room.
    asking.gone.clear()
    question = asking.ask("k", domain="a.org")
    assert asking.questions.answer(question, Answer(True, "once"))
    asking.end()


def test_questions_of_no_website_are_counted_together() -> None:
    asking = Asking()
    for number in range(MOST):
        asking.ask(f"n{number}")
    assert failure(lambda: asking.questions.ask(Confirm(), "n9", Task())).name == "tooManyQuestions"
    asking.gone.set()
    asking.end()


def test_a_question_ends_when_nobody_waits_for_its_answer() -> None:
    asking = Asking()
    threading.Timer(0.1, asking.task.cancel).start()
    assert failure(lambda: asking.questions.ask(Confirm(), "n1", asking.task)).name == "cancelled"
    assert [message.get("questionGone") for message in asking.sent.messages] == [None, "q1"]
    assert not asking.questions.answer("q1", Answer(True))


def test_an_answer_is_checked_before_it_is_taken() -> None:
    asking = Asking()
    seen: list[Answer] = []

    def check(answer: Answer) -> None:
        seen.append(answer)
        if len(seen) == 1:
            raise ValueError

    given: list[Answer] = []
    thread = threading.Thread(target=lambda: given.append(asking.questions.ask(Confirm(checked=check), "n1", Task())))
    thread.start()
    question = asking.sent.wait(lambda message: message.get("request") == "n1")["id"]
    first, second = Answer(True, "once", {"cpus": 9}), Answer(True, "once", {"cpus": 1})
    with pytest.raises(ValueError):
        asking.questions.answer(question, first)
    assert asking.questions.answer(question, second)
    thread.join(SECONDS)
    assert given == [second] and seen == [first, second]
