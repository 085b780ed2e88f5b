"""Tasks: who waits is woken, who asked is called, once and in any order of events."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.latch import Latch
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phase import Phase


def in_thread(run: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def ended_by(run: Callable[[], object]) -> str:
    """The name of the error that a call ends with; "" for none."""
    try:
        run()
    except CVMError as error:
        return error.name
    return ""


def test_a_wait_ends_at_once_when_cancelled() -> None:
    task, ends = Task(), []
    thread = in_thread(lambda: ends.append((ended_by(task.wait), time.monotonic())))
    time.sleep(0.05)
    begun = time.monotonic()
    task.cancel()
    thread.join(5)
    assert ends[0][0] == "cancelled" and ends[0][1] - begun < 0.5


def test_a_wait_ends_when_its_signal_is_set_or_its_time_is_up() -> None:
    task, latch = Task(), Latch()
    threading.Timer(0.05, latch.set).start()
    assert task.wait(60, until=latch)
    assert not task.wait(0.01, until=Latch())
    assert not task.wait(0.01)
    assert task.wait(60, until=latch), "set before the wait began"


def test_nothing_stays_registered_after_a_wait() -> None:
    task, latch = Task(), Latch()
    for _ in range(3):
        task.wait(0.001, until=latch)
    with task.on_cancel(lambda: None), task.on_interruption(lambda: None), task.child():
        pass
    assert not task._over._callbacks and not latch._callbacks and not task._pause.now()[1]._callbacks


def test_the_first_reason_counts_and_callbacks_are_called_once() -> None:
    task, calls = Task(), []
    with task.on_cancel(lambda: calls.append("called")):
        task.cancel("superseded")
        task.cancel()
    assert calls == ["called"]
    assert task.cancelled and ended_by(task.check) == "superseded"


def test_a_callback_is_called_at_once_when_it_is_too_late_and_not_after_its_block() -> None:
    task, calls = Task(), []
    with task.on_cancel(lambda: calls.append("over")):
        pass
    task.cancel()
    with task.on_cancel(lambda: calls.append("late")):
        assert calls == ["late"]


def test_cancelling_during_registration_calls_exactly_once() -> None:
    """Whoever comes first, the call is neither lost nor made twice."""
    for _ in range(500):
        task, calls, start = Task(), [], threading.Barrier(2)

        def cancel(task: Task = task, start: threading.Barrier = start) -> None:
            start.wait()
            task.cancel()

        thread = in_thread(cancel)
        start.wait()
        with task.on_cancel(lambda calls=calls: calls.append(1)):  # type: ignore[misc]
            thread.join(5)
        assert calls == [1]


def test_a_callback_that_raises_hinders_no_other_and_is_not_hidden() -> None:
    task, calls = Task(), []

    def fails() -> None:
        calls.append("fails")
        raise OSError("a socket")

    with task.on_cancel(fails), task.on_cancel(lambda: calls.append("other")), task.child() as child:
        with pytest.raises(OSError, match="a socket"):
            task.cancel()
        assert calls == ["fails", "other"] and child.cancelled
        task.cancel()


def test_a_callback_may_use_the_task() -> None:
    """None is called under a lock: a callback may register, wait and cancel."""
    task, ends = Task(), []

    def callback() -> None:
        task.cancel()
        with task.on_cancel(lambda: ends.append("inner")):
            ends.append(ended_by(task.wait))

    with task.on_cancel(callback):
        thread = in_thread(task.cancel)
        thread.join(5)
    assert not thread.is_alive() and ends == ["inner", "cancelled"]


def test_a_paused_task_rests_until_it_may_go_on() -> None:
    task, ends = Task(), []
    task.rest()
    task.pause(True)
    thread = in_thread(lambda: ends.append(ended_by(task.rest)))
    time.sleep(0.1)
    assert task.paused and not ends
    task.pause(False)
    thread.join(5)
    assert ends == [""] and not task.paused


def test_a_paused_task_can_be_cancelled() -> None:
    task, ends = Task(), []
    task.pause(True)
    thread = in_thread(lambda: ends.append(ended_by(task.rest)))
    time.sleep(0.05)
    task.cancel()
    thread.join(5)
    assert ends == ["cancelled"]


def test_many_pauses_in_a_row_lose_nobody() -> None:
    task, rests = Task(), []

    def rest() -> None:
        while not task.cancelled:
            if not ended_by(task.rest):
                rests.append(1)

    thread = in_thread(rest)
    for _ in range(200):
        task.pause(True)
        task.pause(False)
    task.pause(True)
    task.pause(True)
    task.cancel()
    thread.join(5)
    assert not thread.is_alive() and rests


def test_a_pause_interrupts_what_a_cancel_does() -> None:
    task, calls = Task(), []
    with task.on_interruption(lambda: calls.append("one")):
        task.pause(True)
    assert calls == ["one"]
    with task.on_interruption(lambda: calls.append("two")):
        assert calls == ["one", "two"], "paused before"
        task.pause(False)
        task.cancel()
    assert calls == ["one", "two", "two"]
    fresh = Task()
    with fresh.on_cancel(lambda: calls.append("no")):
        fresh.pause(True)
    assert "no" not in calls


def test_a_child_ends_with_its_parent_and_not_the_other_way_round() -> None:
    task = Task()
    with task.child() as first, task.child() as second:
        first.cancel()
        assert not task.cancelled and not second.cancelled
        task.cancel("superseded")
        assert ended_by(second.check) == "superseded" and ended_by(first.check) == "cancelled"
    with task.child() as late:
        assert late.cancelled, "its parent had ended before"


def test_what_a_child_leaves_behind_ends_with_its_block() -> None:
    task, ends = Task(), []
    with task.child() as child:
        thread = in_thread(lambda: ends.append(ended_by(child.wait)))
        time.sleep(0.05)
    thread.join(5)
    assert ends == ["cancelled"] and not task.cancelled


def test_a_child_that_outlives_its_parent_s_block_is_cancelled_with_it() -> None:
    task = Task()
    with task.child() as outer:
        inner = outer.child()
        inner.__enter__()
    assert inner.cancelled
    inner.__exit__(None, None, None)


def test_a_deadline_ends_the_child_alone() -> None:
    task, calls = Task(), []
    with task.within(0.05) as child, child.on_cancel(lambda: calls.append(1)):
        assert ended_by(lambda: child.wait(60)) == "cancelled"
    assert calls == [1] and not task.cancelled
    with task.within(0) as child:
        assert ended_by(lambda: child.wait(60)) == "cancelled"
    before = threading.active_count()
    with task.within(60):
        pass
    time.sleep(0.05)
    assert threading.active_count() <= before, "the clock of one that was in time stops"


def test_children_rest_with_their_parent() -> None:
    task = Task()
    with task.child() as child, child.within(60) as inner:
        task.pause(True)
        assert child.paused and inner.paused


def heard() -> tuple[Task, list[tuple[Any, ...]]]:
    told: list[tuple[Any, ...]] = []
    return Task(lambda *event: told.append(event)), told


def short(told: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Phase and fraction."""
    return [(event[3]["phase"], event[2]) for event in told if event[0] == "progress"]


def test_fractions_only_grow_and_few_are_told_of() -> None:
    task, told = heard()
    task.report(Phase("downloadingImage", 2**20), 0.5)
    for number in range(100):
        task.report(Phase("downloadingImage", number * 2**20), number / 200)
    task.report(Phase("creatingMachine"), 0.2)
    task.report(Phase("startingMachine"), 7)
    assert told[0] == ("progress", "Downloading the boot image: 1.0 MB", 0.5,
                       {"phase": "downloadingImage", "done": 2**20, "total": 0, "speed": 0})  # fmt: skip
    assert len(told) <= 4
    assert short(told)[-2:] == [("creatingMachine", 0.5), ("startingMachine", 1.0)]


def test_a_part_s_fractions_are_of_the_whole() -> None:
    task, told = heard()
    with task.part(0.2, 0.6) as part:
        part.report(Phase("creatingMachine"), 0.5)
        with part.part(0.5, 1.0) as inner:
            inner.report(Phase("startingMachine"), 1.0)
    assert short(told) == [("creatingMachine", 0.4), ("startingMachine", 0.6)]


def test_an_announced_task_tells_its_beginning_and_its_end() -> None:
    task, told = heard()
    opening = Phase("openingSession")
    with task.announced(opening) as part:
        part.report(Phase("askingWebsite"), 0.5)
    assert [event[0] for event in told] == ["started", "progress", "progress", "completed"]
    assert short(told) == [("askingWebsite", 0.5), ("openingSession", 1.0)]
    assert told[0][1:] == told[-1][1:] == (str(opening), opening.to_json())
    del told[:]
    with pytest.raises(CVMError), task.announced(opening):
        raise CVMError("sessionNotFound")
    assert told[0][0] == "started" and told[1][0] == "failed" and told[1][2]["name"] == "sessionNotFound"
    elsewhere: list[tuple[Any, ...]] = []
    del told[:]
    with task.announced(opening, lambda *event: elsewhere.append(event)):
        pass
    assert told == [] and [event[0] for event in elsewhere] == ["started", "progress", "completed"]


def test_what_is_imported_before_the_handshake_stays_little() -> None:
    script = (
        "import sys, threading; before = set(sys.modules); import cvmwebapi.tasks; print(set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", script], env={"PYTHONPATH": ":".join(sys.path)},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert ast.literal_eval(done.stdout) - {"__future__"} == {"cvmwebapi", "cvmwebapi.latch", "cvmwebapi.tasks"}
