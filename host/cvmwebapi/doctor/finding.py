"""What a check found, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from cvmwebapi.texts import english
from cvmwebapi.texts.phrase import Value

TEXTS = ("found", "cause", "fix")
Params = dict[str, Value]


@dataclass(frozen=True)
class Finding:
    """One thing that a check has to say.

    ``advice`` names a row of the check's table, and the texts ``doctor_<advice>_found``, ``_cause`` and ``_fix``;
    ``command`` is what to type for it on this system, ``part`` which of several things that a check looks at,
    ``repair`` that ``doctor --fix`` can put it right.
    """

    advice: str
    params: Params = field(default_factory=dict)
    command: str = ""
    part: str = ""
    repair: bool = False

    def text(self, which: str) -> str:
        """``found``, ``cause`` or ``fix`` in English; empty when there is nothing to say."""
        key = f"doctor_{self.advice}_{which}"
        return english.say(key, self.params) if key in english.table() else ""
