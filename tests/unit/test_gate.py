"""The lock between threads: one inside at a time, and who waits can be called off."""

from __future__ import annotations

import threading
import time

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.gate import Gate
from cvmwebapi.tasks import Task


def test_one_is_inside_at_a_time() -> None:
    gate, inside, most = Gate(), [0], [0]

    def work() -> None:
        for _ in range(20):
            with gate.passed(Task()):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.001)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1] and not any(thread.is_alive() for thread in threads)


def test_who_waits_can_be_called_off_and_leaves_the_gate_alone() -> None:
    gate, task = Gate(), Task()
    threading.Timer(0.1, task.cancel).start()
    with gate.passed(Task()):
        with pytest.raises(CVMError, match="cancelled"), gate.passed(task):
            raise AssertionError("it was taken")
        late = threading.Thread(target=lambda: gate.passed(Task()).__enter__(), daemon=True)
        late.start()
        time.sleep(0.05)
        assert late.is_alive(), "still taken"
    late.join(5)
    assert not late.is_alive()


def test_it_opens_when_the_one_inside_fails() -> None:
    gate = Gate()
    with pytest.raises(OSError), gate.passed(Task()):
        raise OSError
    with gate.passed(Task()):
        pass
