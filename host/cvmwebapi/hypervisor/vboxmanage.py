"""One call of VBoxManage: an argument list, a time limit for the whole process tree, retries where they help."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import refusals, versions
from cvmwebapi.hypervisor.versions import Dialect, Version
from cvmwebapi.tasks import Task
from cvmwebapi.texts import phrase
from cvmwebapi.texts.codes import StepCode
from cvmwebapi.texts.phrase import Phrase

CALL_SECONDS = 90.0
"""About one call in 300 stalls for 10 s by VirtualBox's own doing; a busy disk makes others slow."""
_RETRIES = 6
_PAUSE = 0.15
"""Seconds before the first retry; doubled for each further one, with jitter."""


class VBoxManageFailed(Exception):
    """VBoxManage said no; ``text`` is what it printed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class VBoxManage:
    """The VBoxManage that ``find`` names (``detect.vboxmanage``): looked for at the first call, and again when it is
    gone, for VirtualBox may be removed, moved and installed anew while we run."""

    def __init__(self, find: Callable[[], Path]) -> None:
        self._find = find
        self._path: Path | None = None
        self._lock = threading.Lock()
        self._version: tuple[tuple[int, int, int], Version | None] | None = None

    def run(self, *arguments: str | Path, step: StepCode, seconds: float = CALL_SECONDS) -> str:
        """What VBoxManage prints. ``step`` is what this is for: a text ``step_…``.

        Raises ``CVMError``: ``hypervisorMissing``, ``hypervisorTimeout``, those of ``refusals``.
        """
        try:
            return self.call(*arguments, step=step, seconds=seconds)
        except VBoxManageFailed as error:
            raise refusals.as_error(error.text, step) from error

    def call(
        self,
        *arguments: str | Path,
        step: StepCode,
        seconds: float = CALL_SECONDS,
        passes: Callable[[str], bool] = refusals.passes,
        task: Task | None = None,
    ) -> str:
        """As ``run``, but lets the caller see VirtualBox's own words: raises ``VBoxManageFailed`` for a refusal.

        ``passes`` says which refusals are worth another try. Between two tries this raises as ``task.check``. A call
        that has begun is waited for: ended halfway, it might leave a lock or half a machine.
        """
        task = task or Task()
        # A misspelt step is a fault of ours, whatever VirtualBox answers.
        said = phrase.step(step)
        pause = _PAUSE
        for attempt in range(_RETRIES + 1):
            try:
                return self._once([*map(str, arguments)], said, seconds)
            except VBoxManageFailed as error:
                if attempt == _RETRIES or not passes(error.text):
                    raise
            task.wait(pause * random.uniform(0.8, 1.2))
            pause *= 2
        raise AssertionError("unreachable")

    def detached(self, *arguments: str | Path) -> None:
        """Begin a call that outlives this host, and leave it alone. Raises ``CVMError("hypervisorMissing")``."""
        self._start([*map(str, arguments)], subprocess.DEVNULL)

    @property
    def version(self) -> Version | None:
        """VirtualBox's version, asked once as long as the program stays the same; ``None`` when it says none."""
        with self._lock:
            stamp = _stamp(self._place())
            if self._version is None or self._version[0] != stamp:
                self._version = (stamp, versions.parse(self.run("--version", step="tellVersion")))
            return self._version[1]

    @property
    def dialect(self) -> Dialect:
        """How this version wants things said."""
        return versions.dialect(self.version)

    def _once(self, arguments: list[str], step: Phrase, seconds: float) -> str:
        process = self._start(arguments, subprocess.PIPE)
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill_tree(process)
            raise CVMError("hypervisorTimeout", seconds=int(seconds), step=step) from None
        text, problem = output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")
        # Some versions print an error and exit with 0 all the same.
        if process.returncode or "VBoxManage: error:" in problem:
            raise VBoxManageFailed(problem.strip() or text.strip())
        return text

    def _place(self) -> Path:
        if self._path is None:
            self._path = self._find()
        return self._path

    def _start(self, arguments: list[str], output: int) -> subprocess.Popen[bytes]:
        try:
            return self._popen(arguments, output)
        except OSError:
            # Gone since we found it. It may lie elsewhere by now.
            self._path = None
        try:
            return self._popen(arguments, output)
        except OSError as error:
            raise CVMError("hypervisorMissing") from error

    def _popen(self, arguments: list[str], output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._place()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "LANG": "C", "LC_ALL": "C"},
            # VBoxSVC and the machines must outlive us, and a time-out must reach every child.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def _stamp(path: Path) -> tuple[int, int, int]:
    """Another one for another program under the same path."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # Not read to their end: VBoxSVC, which left the tree, may hold them open.
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
