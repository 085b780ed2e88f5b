"""The one table of errors, shared by host, extension and page.

``errors.json`` gives each stable name the number that deployed pages know (see docs/protocol.md). What happened, and
what to do, are the texts ``error_<name>`` and ``error_<name>_fix``; their ``{parameters}`` are those of the error.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cvmwebapi.texts import english
from cvmwebapi.texts.phrase import Phrase, Value, wire

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import CheckResult, ErrorData


@lru_cache(maxsize=1)
def table() -> dict[str, int]:
    """The numbers of all errors by name. Read on first use: the handshake does not need it."""
    codes: dict[str, int] = json.loads(Path(__file__).with_name("errors.json").read_text("utf-8"))
    return codes


class CVMError(Exception):
    """A failure that a person is told about.

    Raises ``KeyError`` at once when the name is not in the table or a parameter of its texts is missing, so that a
    half-filled sentence never reaches anybody.
    """

    def __init__(self, name: str, /, **params: Value) -> None:
        self.name = name
        self.params = params
        self.code = table()[name]
        self.message = english.say(f"error_{name}", params)
        self.fix = english.say(f"error_{name}_fix", params)
        self.diagnosis: CheckResult | None = None
        """What the doctor found to be the cause."""
        super().__init__(self.message)

    @property
    def phrase(self) -> Phrase:
        """What happened, as a part of another message."""
        return Phrase(f"error_{self.name}", self.params)

    def explain(self, diagnosis: CheckResult) -> None:
        """Take the doctor's word for what to do: it has looked at this computer."""
        self.diagnosis = diagnosis
        command = diagnosis["command"]
        self.fix = f"{diagnosis['fix']}\n{command}" if command else diagnosis["fix"]

    def to_json(self) -> ErrorData:
        """The ``error`` member of an answer."""
        content: ErrorData = {
            "code": self.code,
            "name": self.name,
            "message": self.message,
            "fix": self.fix,
            "params": wire(self.params),
        }
        if self.diagnosis is None:
            return content
        cause = f"{self.diagnosis['found']} {self.diagnosis['cause']}".strip()
        return {**content, "cause": cause, "diagnosis": self.diagnosis}
