"""Which hosts have a session open: the machine of one that another browser still shows is nobody's to stop."""

from __future__ import annotations

import contextlib
import os

from cvmwebapi.system import files, paths


class Presence:
    """This host's, for as long as it lives: a file for each session, locked. A killed host lets go of its locks."""

    def __init__(self) -> None:
        self._held: dict[str, contextlib.ExitStack] = {}

    def enter(self, session: str) -> None:
        """This host has it open."""
        if session not in self._held:
            stack = self._held[session] = contextlib.ExitStack()
            stack.enter_context(files.locked(paths.locks_folder() / f"{session}.{os.getpid()}.open"))

    def leave(self, session: str) -> bool:
        """This host has it open no more; whether it was the last that had."""
        stack = self._held.pop(session, None)
        if stack:
            stack.close()
        for file in paths.locks_folder().glob(f"{session}.*.open"):
            try:
                with files.locked(file, seconds=0):
                    file.unlink(missing_ok=True)
            except TimeoutError:
                return False
            except OSError:
                # Windows keeps a file that is open, be it by us.
                continue
        return True
