"""What a check says of itself: what it looks at, how grave each of its findings is, and which failures it explains."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from cvmwebapi.doctor.finding import TEXTS, Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.texts import english
from cvmwebapi.texts.phrase import wire

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import CheckResult

Status = Literal["problem", "warning", "unknown", "ok"]
STATUSES: tuple[Status, ...] = ("problem", "warning", "unknown", "ok")
"""The gravest first."""


class Advice(NamedTuple):
    """What holds for all findings of one name.

    ``waited_for``: its remedy needs neither a restart of the computer nor of the browser, so that it works while a
    page waits; a request that fails for it is not given up.
    """

    status: Status
    waited_for: bool = False


COMMON: Mapping[str, Advice] = {"unknown": Advice("unknown"), "tooSlow": Advice("unknown")}
"""What any check may find: that it can't tell."""


@dataclass(frozen=True, eq=False)
class Check:
    """Each file of ``checks`` makes one, with its own ``__name__`` as ``module``."""

    module: str
    look: Callable[[Surroundings], Iterator[Finding]]
    """Gathers facts and judges them; runs in a thread of its own, beside the other checks."""
    advice: Mapping[str, Advice]
    """By the names that its findings bear. The words are the texts ``doctor_<name>_found``, ``_cause`` and ``_fix``."""
    explains: Collection[str] = ()
    """Names of errors of which it mostly knows the cause."""
    may_explain: Collection[str] = ()
    """Names of errors of which it may know the cause when no likelier check does."""
    about_sessions: bool = False
    """``part`` of a finding may be a session: of that session it explains everything, of others nothing."""
    repair: Callable[[Surroundings, str], None] | None = None
    """Puts right what a finding's ``part`` names, with what is our own alone. Raises ``CVMError``."""

    @property
    def id(self) -> str:
        """The name of its file; the protocol and the texts know it by that."""
        return self.module.rpartition(".")[2]

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        return english.say(f"doctor_title_{self.id}", {})

    def about(self, name: str) -> Advice:
        """What holds for its findings of that name; ``KeyError`` when it has none."""
        return COMMON.get(name) or self.advice[name]


class Result(NamedTuple):
    """A finding, and the check that found it."""

    check: Check
    finding: Finding

    @property
    def status(self) -> Status:
        """How grave it is."""
        return self.check.about(self.finding.advice).status

    @property
    def id(self) -> str:
        """What ``repair`` and later looks know it by."""
        return f"{self.check.id}:{self.finding.part}" if self.finding.part else self.check.id

    def to_json(self) -> CheckResult:
        """As the protocol has it."""
        found, cause, fix = (self.finding.text(which) for which in TEXTS)
        return {
            "id": self.id,
            "check": self.check.id,
            "title": self.check.title,
            "advice": self.finding.advice,
            "status": self.status,
            "found": found,
            "cause": cause,
            "fix": fix,
            "command": self.finding.command,
            "repair": self.finding.repair,
            "params": wire(self.finding.params),
        }
