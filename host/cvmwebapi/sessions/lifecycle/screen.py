"""The screen and the keyboard of one machine, for the extension's own window; pages get neither."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import calls
from cvmwebapi.hypervisor.machine import Machine
from cvmwebapi.system import files, paths
from cvmwebapi.texts import phrase
from cvmwebapi.texts.codes import StepCode

_FILE = "screen.png"
_STEP: StepCode = "takePicture"
_SECONDS = 30.0
_LARGEST = 16 * 2**20
"""Bytes of a picture. The graphics memory of our machines, 16 MB, holds none that makes a larger file."""
_PNG = b"\x89PNG\r\n\x1a\n"


class Screen:
    """Pictures are taken one at a time, by whatever host; keys are pressed in the order in which they came."""

    def __init__(self, session: str, machine: Machine) -> None:
        self._machine = machine
        self._lock_file = lock_file(session)
        self._typing = threading.Lock()
        self.size = (0, 0, 0)
        """Width, height and bits a pixel that VirtualBox told of last; zeros before."""

    def resized(self, sizes: Sequence[tuple[int, int, int]]) -> bool:
        """Note what the log tells; whether the screen is another one now than it was."""
        before = self.size
        if sizes:
            self.size = sizes[-1]
        return self.size != before

    def picture(self) -> bytes:
        """The screen now, a PNG. Raises ``CVMError`` of the hypervisor, also when the machine is off."""
        file = self._machine.folder / _FILE
        try:
            with files.locked(self._lock_file, _SECONDS):
                # There before VBoxManage begins: the mark of a picture that a killed host leaves behind.
                os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
                try:
                    self._machine.control("screenshotpng", str(file), step=_STEP, seconds=_SECONDS)
                    return _read(file)
                finally:
                    file.unlink()
        except TimeoutError:
            raise CVMError("hypervisorTimeout", seconds=int(_SECONDS), step=phrase.step(_STEP)) from None
        except OSError as error:
            raise CVMError(
                "hypervisorFailed", step=phrase.step(_STEP), detail=error.strerror or phrase.detail("noPicture")
            ) from error

    def press(self, codes: Sequence[int]) -> None:
        """Send scancodes of set 1, presses and releases. Raises ``CVMError`` of the hypervisor."""
        words = [f"{code:02x}" for code in codes]
        with self._typing:
            self._machine.control("keyboardputscancode", *words, step="pressKeys", seconds=_SECONDS)


def lock_file(session: str) -> Path:
    """Held while a picture is taken."""
    return paths.locks_folder() / f"{session}.screen"


def leftovers() -> list[Path]:
    """Pictures that are being taken, or that killed hosts have left behind."""
    return list(paths.machines_folder().glob(f"*/{_FILE}"))


def remove_leftover(file: Path) -> None:
    """Remove a picture, unless a living host is at it. Waits for a call that outlived its host."""
    with contextlib.suppress(TimeoutError, OSError), files.locked(lock_file(file.parent.name), 0.0):
        calls.wait_for_end((str(file),), _SECONDS)
        file.unlink()


def _read(file: Path) -> bytes:
    size = file.stat().st_size
    content = file.read_bytes() if size <= _LARGEST else b""
    if not content.startswith(_PNG):
        raise CVMError("hypervisorFailed", step=phrase.step(_STEP), detail=phrase.detail("noPicture"))
    return content
