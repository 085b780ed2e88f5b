"""Runs an installer: its progress, its end, and when it may still be stopped."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Sequence

from cvmwebapi.errors import CVMError
from cvmwebapi.latch import Latch
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phase import Phase
from cvmwebapi.texts.phrase import why

_LINES = 200
_LEAVE = 10.0
_TERM = 2.0
"""Seconds that an installer has to end by itself when it is stopped."""
# apt-get's machine-readable progress: dlstatus while it downloads, pmstatus once dpkg is at work.
_APT = re.compile(r"^(dlstatus|pmstatus):[^:]*:([0-9.]+):(.*)$")


def run(command: Sequence[str], task: Task) -> tuple[int, str]:
    """Exit status and output (its end) of an installer.

    It is stopped when the task is cancelled, but not once it changes the system: half an installation helps nobody.
    Raises ``CVMError``: ``cancelled``, ``installerFailed`` when it can't even be started.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LANG": "C", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            # It must not be killed together with the browser.
            start_new_session=True,
        )
    except OSError as error:
        raise CVMError("installerFailed", status=-1, detail=why(error)) from error
    output = _Output(process, task)
    try:
        task.wait(until=output.ended)
    except CVMError:
        if not output.changing:
            _stop(process)
            output.thread.join(_LEAVE)
            raise
        output.thread.join()
    return process.wait(), "\n".join(output.lines)


class _Output:
    def __init__(self, process: subprocess.Popen[bytes], task: Task) -> None:
        self.lines: deque[str] = deque(maxlen=_LINES)
        self.changing = False
        self.ended = Latch()
        self._process = process
        self._task = task
        self.thread = threading.Thread(target=self._read, name="installer", daemon=True)
        self.thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for raw in stream:
                self._take(raw.decode("utf-8", "replace").strip())
        self._process.wait()
        self.ended.set()

    def _take(self, line: str) -> None:
        told = _APT.match(line)
        if not told:
            if line:
                self.lines.append(line)
            return
        self.changing = self.changing or told[1] == "pmstatus"
        share = min(float(told[2] if told[2].count(".") < 2 else 0), 100.0) / 200
        phase = Phase("installingVirtualbox", words=told[3][:80])
        self._task.report(phase, share + (0.5 if told[1] == "pmstatus" else 0.0))


def _stop(process: subprocess.Popen[bytes]) -> None:
    # What runs with other privileges can't be signalled: it ends by itself, and the next try finds it done.
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TERM)
