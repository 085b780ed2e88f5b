"""Where a check gets its facts from: this computer, or in tests another root, home, environment and programs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cvmwebapi.config import settings
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.system import paths, platforms, windows_registry
from cvmwebapi.system.windows_registry import Registry
from cvmwebapi.tasks import Task

T = TypeVar("T")
_MAX_BYTES = 1024 * 1024
PATIENCE = 8.0
"""Seconds for one program."""


class Output(NamedTuple):
    """What a program answered; ``status`` is ``None`` when it could not be started, or took too long."""

    status: int | None
    text: str


def run(command: Sequence[str], seconds: float = PATIENCE) -> Output:
    """Run a program that only tells something, with its output and errors together."""
    try:
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
            env={**os.environ, "LANG": "C", "LC_ALL": "C"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Output(None, str(error))
    return Output(done.returncode, done.stdout.decode("utf-8", "replace")[:_MAX_BYTES])


class _Kept:
    """A fact, once it is known; its lock is held while it is gathered."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.facts: list[Any] = []


@dataclass
class Surroundings:
    """``system`` is linux, macos or windows, ``machine`` what ``uname -m`` says, ``kernel`` what ``uname -r`` says."""

    system: str
    machine: str
    kernel: str
    home: Path
    data: Path
    cache: Path
    settings: Settings
    fault: CVMError | None = None
    """Of the settings, when they can't be used: the built-in ones hold then."""
    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    run: Callable[..., Output] = run
    registry: Registry | None = None
    extension: str = ""
    """Version of the extension that asks; empty when none does."""
    patience: float = PATIENCE
    """Seconds for what only makes an advice more exact; short when a page waits for it."""
    task: Task = field(default_factory=Task)
    """Cancelled when nobody waits for the answer any more."""
    _kept: dict[Callable[..., Any], _Kept] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @classmethod
    def here(cls, task: Task | None = None, extension: str = "") -> Surroundings:
        """This computer and user; ``task``: of whoever wants to know."""
        held, fault = Settings(), None
        try:
            held = settings.load()
        except CVMError as error:
            fault = error
        return cls(
            system=platforms.THIS,
            machine=platform.machine(),
            kernel=platform.release(),
            home=Path.home(),
            data=paths.data_folder(),
            cache=paths.cache_folder(),
            settings=held,
            fault=fault,
            registry=windows_registry.of_this_computer() if sys.platform == "win32" else None,
            extension=extension,
            task=task or Task(),
        )

    def once(self, gather: Callable[[Surroundings], T]) -> T:
        """What ``gather(self)`` gives, called once for all checks that want it, also for those that want it meanwhile.

        One that raises is called again for the next."""
        with self._lock:
            kept = self._kept.setdefault(gather, _Kept())
        with kept.lock:
            if not kept.facts:
                kept.facts.append(gather(self))
            fact: T = kept.facts[0]
            return fact

    def place(self, path: str) -> Path:
        """An absolute path below the root."""
        return self.root / path.lstrip("/")

    def text(self, path: str) -> str:
        """The content of a small file, empty when it can't be read."""
        try:
            with self.place(path).open("rb") as file:
                return file.read(_MAX_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""
