"""What a check found, and how it is told. Pure but for the table, which is read once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

_PARAMETER = re.compile(r"\{(\w+)\}")
TEXTS = ("found", "cause", "fix")
STATUSES = ("problem", "warning", "unknown", "ok")
"""The gravest first."""


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """``titles`` by check, and ``advice`` by name: ``status`` and the English texts, templates with parameters."""
    tables: dict[str, Any] = json.loads(Path(__file__).with_name("advice.json").read_text("utf-8"))
    return tables


@dataclass(frozen=True)
class Finding:
    """One row of the doctor's answer.

    ``advice`` names the row of the table, ``command`` what to type for it on this system, ``part`` which of several
    things that a check looks at, ``repair`` that ``doctor --fix`` can mend it.
    """

    advice: str
    params: dict[str, str | int] = field(default_factory=dict)
    command: str = ""
    part: str = ""
    repair: bool = False

    @property
    def status(self) -> str:
        """``ok``, ``warning``, ``problem`` or ``unknown``."""
        return str(table()["advice"][self.advice]["status"])

    def text(self, which: str) -> str:
        """``found``, ``cause`` or ``fix`` in English; empty when there is nothing to say."""
        return str(table()["advice"][self.advice].get(which, "")).format(**self.params)

    def to_json(self, check: str) -> dict[str, Any]:
        """As the protocol has it. ``args`` are the values for translations, in the order of their first appearance."""
        row = table()["advice"][self.advice]
        return {
            "id": f"{check}:{self.part}" if self.part else check,
            "check": check,
            "title": title(check),
            "advice": self.advice,
            "status": self.status,
            **{which: self.text(which) for which in TEXTS},
            "command": self.command,
            "repair": self.repair,
            "args": {which: [str(self.params[name]) for name in names(row.get(which, ""))] for which in TEXTS},
        }


def title(check: str) -> str:
    """What a check is about, in a few words."""
    return str(table()["titles"][check])


def names(text: str) -> list[str]:
    """The parameters of a text, in the order of their first appearance."""
    return list(dict.fromkeys(_PARAMETER.findall(text)))
