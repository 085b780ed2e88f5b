"""Work that somebody waits for, handed down as one object: is it still wanted, does it rest, how far is it.

Whatever may take long is given a ``Task``. Nobody asks it again and again: a ``cancel`` ends every ``wait`` and calls
whom ``on_cancel`` has named. This is imported before the handshake, so that it does without modules that are not.
"""

from __future__ import annotations

import threading
import time

from cvmwebapi.latch import Calls, Latch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from cvmwebapi.protocol.shapes import PhaseData
    from cvmwebapi.texts.phase import Phase

    Tell = Callable[..., None]
    """``tell(event, *args)``: where progress is told of."""

_EVERY = 0.2
"""Seconds between two reports of the same phase: a page draws no faster than a person reads."""


class _Pause:
    """Whether a task and all its children rest; ``change`` is set when that is no longer so, or no longer not so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on = False
        self._change = Latch()

    def turn(self, on: bool) -> None:
        with self._lock:
            if on is self._on:
                return
            self._on = on
            change, self._change = self._change, Latch()
        change.set()

    def now(self) -> tuple[bool, Latch]:
        with self._lock:
            return self._on, self._change


class _Progress:
    """Fractions that only grow, not told of more often than somebody reads them."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._fraction = 0.0
        self._code = ""
        self._last = 0.0

    def at(self, phase: Phase, fraction: float) -> None:
        self._fraction = max(self._fraction, min(1.0, fraction))
        now = time.monotonic()
        if phase.code != self._code or now - self._last >= _EVERY:
            self._code, self._last = phase.code, now
            self.tell("progress", str(phase), round(self._fraction, 4), phase.to_json())


class Task:
    """One piece of work, from its beginning until it is done or nobody waits for it any more.

    ``tell(event, *args)`` hears of its progress. What is said of a task holds for its children, too: they are cancelled
    with it, and rest with it.
    """

    def __init__(self, tell: Tell = lambda event, *args: None) -> None:
        self._over = Latch()
        self._lock = threading.Lock()
        self._why = ""
        self._pause = _Pause()
        self._progress = _Progress(tell)
        self._report = self._progress.at

    def cancel(self, why: str = "cancelled") -> None:
        """Nobody waits for it any more; ``why`` names the error of ``check``. The first call counts.

        Raises what a callback of ``on_cancel`` raises, once all of them were called.
        """
        with self._lock:
            self._why = self._why or why
        self._over.set()

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._over.is_set

    def check(self) -> None:
        """At a place where the work may end: raises ``CVMError("cancelled")``, or whatever ``cancel`` was told."""
        if self._over.is_set:
            from cvmwebapi.errors import CVMError

            raise CVMError(self._why)

    def on_cancel(self, callback: Callable[[], object]) -> Calls:
        """For a ``with`` block, in which ``callback`` is called when nobody waits any more; at once if that is so.

        It is called in the thread that cancels, which others wait for: it only cuts, wakes or ends something. One that
        is under way when the block ends may go on.
        """
        return Calls(callback, self._over)

    def wait(self, seconds: float | None = None, until: Latch | None = None) -> bool:
        """Wait for ``seconds`` (without: for ever), or until ``until`` is set; whether it is. Raises as ``check``."""
        woken = threading.Event()
        with Calls(woken.set, self._over, *([until] if until else [])):
            woken.wait(seconds)
        self.check()
        return until is not None and until.is_set

    def pause(self, on: bool) -> None:
        """Let it rest, with all its children and whatever it is a child of, or go on.

        What has come is kept meanwhile, and nothing is connected.
        """
        self._pause.turn(on)

    @property
    def paused(self) -> bool:
        """Whether it is to rest."""
        return self._pause.now()[0]

    def rest(self) -> None:
        """Wait for as long as it is paused. Raises as ``check``."""
        while True:
            on, change = self._pause.now()
            if not on:
                return self.check()
            self.wait(until=change)

    def on_interruption(self, callback: Callable[[], object]) -> Calls:
        """As ``on_cancel``; also called when it is paused."""
        on, change = self._pause.now()
        if on:
            callback()
            return Calls(callback, self._over)
        return Calls(callback, self._over, change)

    def report(self, phase: Phase, fraction: float) -> None:
        """It is ``fraction`` (0 to 1) through, in ``phase``; a lower fraction than before counts as the same."""
        self._report(phase, fraction)

    def child(self, tell: Tell | None = None) -> Child:
        """A part of this work that may be cancelled by itself, and is when its block ends; ``tell``: who else hears."""
        return Child(self, _Progress(tell) if tell else self._progress)

    def within(self, seconds: float) -> Child:
        """The same, cancelled after ``seconds``."""
        return Child(self, self._progress, seconds=seconds)

    def part(self, low: float, high: float) -> Child:
        """The same, whose fractions 0 to 1 are those from ``low`` to ``high`` of this task."""
        made = self.child()
        made._report = lambda phase, fraction: self._report(phase, low + (high - low) * min(1.0, fraction))
        return made

    def announced(self, phase: Phase, tell: Tell | None = None) -> Child:
        """The same, told of as a task of its own: started, then fractions, then completed or failed."""
        return Child(self, _Progress(tell or self._progress.tell), phase)


class Child(Task):
    """A task of a task's; it begins and ends with its ``with`` block, and what is left behind of it ends, too."""

    def __init__(
        self, parent: Task, progress: _Progress, phase: Phase | None = None, seconds: float | None = None
    ) -> None:
        super().__init__(progress.tell)
        self._parent = parent
        self._pause = parent._pause
        self._progress = progress
        self._report = progress.at
        self._phase = phase
        self._timer = None if seconds is None else threading.Timer(seconds, self.cancel)

    def _end_with_parent(self) -> None:
        self.cancel(self._parent._why)

    def __enter__(self) -> Child:
        self._parent._over.add(self, self._end_with_parent)
        if self._timer:
            self._timer.daemon = True
            self._timer.start()
        if self._phase:
            self._progress.tell("started", str(self._phase), self._phase.to_json())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parent._over.remove(self)
        if self._timer:
            self._timer.cancel()
        self.cancel()
        if self._phase:
            self._tell_end(str(self._phase), self._phase.to_json(), error)

    def _tell_end(self, words: str, code: PhaseData, error: BaseException | None) -> None:
        if error is None:
            self._progress.tell("progress", words, 1.0, code)
            self._progress.tell("completed", words, code)
            return
        from cvmwebapi.errors import CVMError

        if isinstance(error, CVMError):
            # The extension tells pages of it in their language.
            self._progress.tell("failed", error.message, error.to_json())
