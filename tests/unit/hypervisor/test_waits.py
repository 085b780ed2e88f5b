"""Waiting for VirtualBox can be called off; a call that has begun can not."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import calls
from cvmwebapi.hypervisor.machine import Machine
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.states import State
from cvmwebapi.tasks import Task

UUID = "9f1c0b62-4d3a-4a6e-8f0d-0c5b7e3a2d10"
PATIENCE = 5.0
"""Seconds, far less than each of these waits would last."""


def machine(folder: Path, body: str) -> Machine:
    """One of a VBoxManage that is this shell script."""
    program = folder / "VBoxManage"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return Machine(VBoxManage(lambda: program), UUID, "test", folder / "machine")


def called_off(wait: Callable[[Task], object]) -> float:
    """The seconds after which `wait` ends, once its task is cancelled."""
    task = Task()
    threading.Timer(0.4, task.cancel).start()
    with pytest.raises(CVMError, match="cancelled"):
        wait(task)
    assert task.cancelled
    begun = time.monotonic()
    with pytest.raises(CVMError, match="cancelled"):
        wait(task)
    return time.monotonic() - begun


def test_for_a_machine_on_its_way_to_another_state(tmp_path: Path) -> None:
    saving = machine(tmp_path, """echo 'VMState="saving"'""")
    begun = time.monotonic()
    assert called_off(saving.look) < PATIENCE
    assert time.monotonic() - begun < 2 * PATIENCE


def test_a_machine_at_rest_is_looked_at_all_the_same(tmp_path: Path) -> None:
    task = Task()
    task.cancel()
    assert machine(tmp_path, """echo 'VMState="poweroff"'""").look(task).state is State.POWEROFF


def test_for_another_try_of_a_start(tmp_path: Path) -> None:
    body = """echo "$1" >> calls; [ "$1" = showvminfo ] && echo 'VMState="poweroff"' && exit 0
              echo 'VBoxManage: error: is already locked (0x80BB0007)' >&2; exit 1"""
    locked = machine(tmp_path, body.replace("calls", str(tmp_path / "calls")))
    assert called_off(lambda task: locked.boot(headful=False, task=task)) < PATIENCE
    assert (tmp_path / "calls").read_text().count("startvm") < 6, "and it is tried no more"


def test_for_the_last_call_of_a_killed_host() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", UUID]) as call:
        try:
            assert called_off(lambda task: calls.wait_for_end((UUID,), task=task)) < PATIENCE
            assert call.poll() is None, "it is let alone"
        finally:
            call.kill()
