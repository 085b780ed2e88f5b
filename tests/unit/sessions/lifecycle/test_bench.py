"""Who is at a machine: one at a time; who only looks passes a step that lasts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.lifecycle.bench import Bench
from cvmwebapi.tasks import Task


def in_thread(run: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_who_looks_waits_for_another_look_and_not_for_a_step() -> None:
    bench, seen = Bench(), []

    def look() -> None:
        with bench.taken_unless_lasting(Task()) as free:
            seen.append(free)

    with bench.taken(Task(), lasting=True):
        look()
        assert seen == [False]
    with bench.taken(Task()):
        thread = in_thread(look)
        time.sleep(0.1)
        assert seen == [False], "it waits: this does not last"
    thread.join(5)
    assert seen == [False, True]
    look()
    assert seen[-1], "free again"


def test_a_look_that_passed_a_step_does_not_end_it() -> None:
    bench, steps = Bench(), []

    def step() -> None:
        with bench.taken(Task()):
            steps.append(1)

    with bench.taken(Task(), lasting=True):
        with bench.taken_unless_lasting(Task()) as free:
            assert not free
        thread = in_thread(step)
        time.sleep(0.1)
        assert not steps
    thread.join(5)
    assert steps == [1]


def test_steps_of_many_threads_come_one_after_the_other() -> None:
    bench, inside, most = Bench(), [0], [0]

    def work() -> None:
        for number in range(20):
            with bench.taken(Task(), lasting=number % 2 == 0):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.001)
                inside[0] -= 1

    threads = [in_thread(work) for _ in range(5)]
    for thread in threads:
        thread.join(30)
    assert most == [1]


def test_who_waits_can_be_called_off() -> None:
    bench, task = Bench(), Task()
    with bench.taken(Task()):
        threading.Timer(0.1, task.cancel).start()
        with pytest.raises(CVMError, match="cancelled"), bench.taken(task):
            raise AssertionError("it was taken")
        with pytest.raises(CVMError, match="cancelled"), bench.taken_unless_lasting(task):
            raise AssertionError("it was taken")
    with bench.taken(Task()):
        pass
