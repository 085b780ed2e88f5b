"""What a task is doing: a code with numbers, which each side turns into words of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cvmwebapi.texts import english

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import PhaseData
    from cvmwebapi.texts.codes import PhaseCode

_MB = 2**20


@dataclass(frozen=True)
class Phase:
    """The text ``phase_<code>``. Raises ``KeyError`` when there is none.

    Of a download: bytes ``done``, bytes ``total`` (0: not known), bytes a second. ``words`` are the system's own.
    """

    code: PhaseCode
    done: int | None = None
    total: int = 0
    speed: float = 0.0
    words: str = ""

    def __post_init__(self) -> None:
        english.say(f"phase_{self.code}", {})

    def __str__(self) -> str:
        """In English, for pages that know no codes, and for the command line."""
        said = english.say(f"phase_{self.code}", {})
        if self.words:
            return f"{said}: {self.words}"
        if self.done is None:
            return said
        if not self.total:
            return f"{said}: {self.done / _MB:.1f} MB"
        shown = f"{said}: {self.done / _MB:.1f} MB of {self.total / _MB:.1f} MB, {self.speed / _MB:.1f} MB/s"
        return f"{shown}, {(self.total - self.done) / self.speed:.0f} s left" if self.speed > 0 else shown

    def to_json(self) -> PhaseData:
        """As the protocol has it; what is not known is left out."""
        shown: PhaseData = {"phase": self.code}
        if self.words:
            shown["words"] = self.words
        if self.done is not None:
            return {**shown, "done": self.done, "total": self.total, "speed": round(self.speed)}
        return shown


Report = Callable[[Phase, float], None]
"""``report(phase, fraction)``; the fraction is from 0 to 1."""
