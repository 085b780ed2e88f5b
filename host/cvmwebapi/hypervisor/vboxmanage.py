"""One call of VBoxManage: an argument list, a time limit for the whole process tree, retries where they help."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from cvmwebapi.errors import CVMError

CALL_SECONDS = 90.0
"""About one call in 300 stalls for 10 s by VirtualBox's own doing; a busy disk makes others slow."""
_RETRIES = 6
_PAUSE = 0.15
"""Seconds before the first retry; doubled for each further one, with jitter."""

# A locked machine is let go of within moments; VBoxSVC may just be starting, or ending.
_PASSING = ("0x80bb0007", "vbox_e_invalid_object_state (0x80bb0007)", "ns_error_call_failed", "ns_error_abort",
            "server is not available", "failed to create the virtualbox object", "e_accessdenied (0x80070005)",
            "is already locked", "rpc server is unavailable")  # fmt: skip


class VBoxManageFailed(Exception):
    """VBoxManage said no; ``text`` is what it printed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class VBoxManage:
    """The VBoxManage at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str | Path, what: str, seconds: float = CALL_SECONDS) -> str:
        """What VBoxManage prints. ``what`` ends the sentence "VirtualBox could not …".

        Raises ``CVMError``: ``hypervisorMissing``, ``hypervisorTimeout``, ``hypervisorFailed``.
        """
        try:
            return self.call(*arguments, what=what, seconds=seconds)
        except VBoxManageFailed as error:
            raise CVMError("hypervisorFailed", what=what, detail=_first_sentence(error.text)) from error

    def call(self, *arguments: str | Path, what: str, seconds: float = CALL_SECONDS) -> str:
        """As ``run``, but lets the caller see VirtualBox's own words: raises ``VBoxManageFailed`` for a refusal."""
        pause = _PAUSE
        for attempt in range(_RETRIES + 1):
            try:
                return self._once([str(self.path), *map(str, arguments)], what, seconds)
            except VBoxManageFailed as error:
                text = error.text.lower()
                if attempt == _RETRIES or not any(sign in text for sign in _PASSING):
                    raise
            time.sleep(pause * random.uniform(0.8, 1.2))
            pause *= 2
        raise AssertionError("unreachable")

    def _once(self, command: list[str], what: str, seconds: float) -> str:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "LANG": "C", "LC_ALL": "C"},
                # VBoxSVC and the machines must outlive us, and a time-out must reach every child.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise CVMError("hypervisorMissing") from error
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill_tree(process)
            raise CVMError("hypervisorTimeout", seconds=int(seconds), what=what) from None
        text, problem = output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")
        # Some versions print an error and exit with 0 all the same.
        if process.returncode or "VBoxManage: error:" in problem:
            raise VBoxManageFailed(problem.strip() or text.strip())
        return text


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


def _first_sentence(text: str) -> str:
    """VirtualBox's main message, without the details of its inner life."""
    for line in text.splitlines():
        _, mark, message = line.partition("VBoxManage: error: ")
        if mark and not message.startswith(("Details:", "Context:")):
            return message.strip()[:300]
    return (text.strip().splitlines() or ["no reason given"])[-1][:300]
