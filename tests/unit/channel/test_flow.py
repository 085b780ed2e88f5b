"""No side sends more than the other has room for, and an end ends every wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from cvmwebapi.channel.flow import Flow
from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_BODY_PIECE as PIECE
from cvmwebapi.protocol import MAX_BODY_WINDOW as WINDOW

from tests.unit.site_fixtures import failure

SECONDS = 10.0


class Waiting:
    """A call that is expected to wait."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._results: list[Any] = []

        def run() -> None:
            try:
                self._results.append(call())
            except CVMError as error:
                self._results.append(error.name)

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        self._thread.join(0.1)
        assert not self._results, "it did not wait"

    def result(self) -> Any:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return self._results[0]


def test_an_answer_is_sent_in_pieces_and_never_more_than_a_window() -> None:
    flow = Flow()
    taken = [flow.take() for _ in range(WINDOW // PIECE)]
    assert taken == [PIECE] * 4 and sum(taken) == WINDOW
    waiting = Waiting(flow.take)
    flow.grant(10)
    assert waiting.result() == 10


def test_what_was_not_sent_may_be_sent_later() -> None:
    flow = Flow()
    for _ in range(WINDOW // PIECE):
        flow.take()
    flow.give_back(7)
    assert flow.take() == 7


def test_a_page_that_claims_much_gets_a_window_and_takes_nothing_away() -> None:
    flow = Flow()
    flow.grant(10**12)
    assert sum(flow.take() for _ in range(WINDOW // PIECE)) == WINDOW
    flow.grant(-5)
    flow.grant(3)
    assert flow.take() == 3
    Waiting(flow.take)


def test_a_body_comes_in_order_and_has_an_end() -> None:
    flow = Flow()
    flow.put(b"one", False)
    flow.put(b"", False)
    flow.put(b"two", True)
    assert [flow.get(), flow.get(), flow.get(), flow.get()] == [b"one", b"two", None, None]


def test_the_reader_waits_for_the_next_piece_and_for_the_end() -> None:
    flow = Flow()
    waiting = Waiting(flow.get)
    flow.put(b"x", False)
    assert waiting.result() == b"x"
    waiting = Waiting(flow.get)
    flow.put(b"", True)
    assert waiting.result() is None


def test_more_than_a_window_of_a_body_ends_the_exchange() -> None:
    flow = Flow()
    flow.put(b"x" * (WINDOW - 1), False)
    flow.put(b"x", False)
    assert flow.failure is None
    flow.put(b"x", False)
    assert flow.failure is not None and flow.failure.name == "badMessage"
    assert failure(flow.get).name == "badMessage"


def test_what_was_read_makes_room() -> None:
    flow = Flow()
    for _ in range(3):
        flow.put(b"x" * WINDOW, False)
        assert flow.get() == b"x" * WINDOW
    assert flow.failure is None


@pytest.mark.parametrize("data", [b"x", b""])
def test_nothing_follows_the_last_piece(data: bytes) -> None:
    flow = Flow()
    flow.put(b"all", True)
    flow.put(data, True)
    assert flow.failure is not None and flow.failure.name == "badMessage" and flow.failure.params["detail"]


@pytest.mark.parametrize("wait", ["take", "get"])
def test_an_abort_ends_every_wait_and_the_first_counts(wait: str) -> None:
    flow = Flow()
    while flow._credit:
        flow.take()
    waiting = Waiting(getattr(flow, wait))
    flow.abort(CVMError("cancelled"))
    flow.abort(CVMError("apiBroken", detail="later"))
    assert waiting.result() == "cancelled"
    assert failure(getattr(flow, wait)).name == "cancelled"
    assert flow.failure is not None and flow.failure.name == "cancelled"


def test_whoever_has_to_be_told_of_an_abort_is_told_once() -> None:
    flow, told = Flow(), []
    flow.on_abort(lambda: told.append("before"))
    assert told == []
    flow.abort(CVMError("cancelled"))
    flow.abort(CVMError("cancelled"))
    assert told == ["before"]
    flow.on_abort(lambda: told.append("after"))
    assert told == ["before", "after"]


def test_a_body_that_nobody_needs_any_more() -> None:
    flow = Flow()
    flow.put(b"x", False)
    flow.finish()
    assert flow.get() is None
    other = Flow()
    waiting = Waiting(other.get)
    other.finish()
    assert waiting.result() is None
