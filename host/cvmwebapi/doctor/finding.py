"""What a check found, and how it is told. Pure but for the table, which is read once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cvmwebapi.texts import english

TEXTS = ("found", "cause", "fix")
STATUSES = ("problem", "warning", "unknown", "ok")
"""The gravest first."""


@lru_cache(maxsize=1)
def table() -> dict[str, str]:
    """The status of each advice by its name."""
    statuses: dict[str, str] = json.loads(Path(__file__).with_name("advice.json").read_text("utf-8"))
    return statuses


@dataclass(frozen=True)
class Finding:
    """One row of the doctor's answer.

    ``advice`` names the row of the table, and the texts ``doctor_<advice>_found``, ``_cause`` and ``_fix``; ``command``
    is what to type for it on this system, ``part`` which of several things that a check looks at, ``repair`` that
    ``doctor --fix`` can repair it.
    """

    advice: str
    params: dict[str, str | int] = field(default_factory=dict)
    command: str = ""
    part: str = ""
    repair: bool = False

    @property
    def status(self) -> str:
        """``ok``, ``warning``, ``problem`` or ``unknown``."""
        return table()[self.advice]

    def text(self, which: str) -> str:
        """``found``, ``cause`` or ``fix`` in English; empty when there is nothing to say."""
        key = f"doctor_{self.advice}_{which}"
        return english.say(key, self.params) if key in english.table() else ""

    def to_json(self, check: str) -> dict[str, Any]:
        """As the protocol has it."""
        return {
            "id": f"{check}:{self.part}" if self.part else check,
            "check": check,
            "title": title(check),
            "advice": self.advice,
            "status": self.status,
            **{which: self.text(which) for which in TEXTS},
            "command": self.command,
            "repair": self.repair,
            "params": self.params,
        }


def title(check: str) -> str:
    """What a check is about, in a few words."""
    return english.say(f"doctor_title_{check}", {})
