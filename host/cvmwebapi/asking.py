"""Questions to a person: what is asked, who asks, who answers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, Protocol

from cvmwebapi.tasks import Task


@dataclass(frozen=True)
class Answer:
    """What the user said."""

    yes: bool = False
    choice: str = ""
    """``once`` or ``always`` with a yes; ``never`` or nothing with a no."""
    resources: Mapping[str, Any] = field(default_factory=dict)
    """What the user lowered, by name; unchecked unless the question did."""

    def __bool__(self) -> NoReturn:
        """Is there an answer, or is it a yes? Whoever asks for the one must not get the other: a never is lost so."""
        raise TypeError("an answer is neither true nor false; its yes is")


@dataclass(frozen=True)
class Question:
    """One kind of question; ``domain`` and ``origin`` (of its page) are the website's that it is asked for."""

    kind: ClassVar[str]
    look_every: ClassVar[float]
    """Seconds between two calls of ``moot``."""
    domain: str
    origin: str
    moot: Callable[[], bool]
    """Whether nobody has to answer any more."""

    def check(self, answer: Answer) -> None:
        """Raises ``CVMError`` for an answer that can't be taken; the question then stays open."""

    def details(self) -> dict[str, Any]:
        """As the protocol has it."""
        return {"domain": self.domain, "origin": self.origin}


@dataclass(frozen=True)
class ConfirmSession(Question):
    """Whether a website may have a machine. Amounts of memory and disk are in MB."""

    kind = "confirmSession"
    look_every = 0.25
    name: str
    wanted: Mapping[str, int]
    """``cpus``, ``memory``, ``disk``, ``flags``."""
    least: Mapping[str, int]
    """How far the user may lower the first three."""
    trust: str
    approved: bool
    """Whether the administrator has approved the website."""
    stale: bool
    """Whether the list that has the website could not be renewed."""
    known: bool
    """Whether the user agreed to it before, and now it is to become larger."""
    download: int | None
    """MB to be fetched; ``None``: not known."""
    checked: Callable[[Answer], object]
    """Raises as ``check``."""

    def check(self, answer: Answer) -> None:
        self.checked(answer)

    def details(self) -> dict[str, Any]:
        details = {
            **super().details(),
            "name": self.name,
            **self.wanted,
            "least": {name: self.least[name] for name in ("cpus", "memory", "disk")},
            "trust": self.trust,
            "approved": self.approved,
            "stale": self.stale,
            "reason": "more" if self.known else "new",
        }
        return details if self.download is None else {**details, "download": self.download}


@dataclass(frozen=True)
class ConfirmInstall(Question):
    """Whether VirtualBox is to be installed."""

    kind = "confirmInstall"
    look_every = 1.0
    reason: str
    """``missing``, ``broken`` or ``old``."""
    version: str
    """Of the VirtualBox that there is, "" for none."""
    plan: Mapping[str, Any]
    """How it would be done (``plan.Plan.details``)."""

    def details(self) -> dict[str, Any]:
        return {**super().details(), "reason": self.reason, "version": self.version, **self.plan}


@dataclass(frozen=True)
class ConfirmRemedy(Question):
    """Whether the user has put right what a request failed for, or gives up."""

    kind = "confirmRemedy"
    look_every = 2.0
    error: Mapping[str, Any]
    """As in the answer to a request (``CVMError.to_json``)."""

    def details(self) -> dict[str, Any]:
        return {**super().details(), "error": self.error}


class Asker(Protocol):
    """How a person is reached: by the extension's windows, or at a terminal."""

    def ask(self, question: Question, task: Task) -> Answer:
        """Ask, and wait for as long as the user takes; a no also when the question has become moot.

        Raises ``CVMError``: as ``task.check`` when nobody waits for the answer any more, ``tooManyQuestions``.
        """


@dataclass(frozen=True)
class Visitor:
    """Who wants something: a website, by the page with ``origin`` or a window that acts for it; and who is asked."""

    domain: str
    origin: str
    task: Task
    asker: Asker

    def ask(self, question: Question) -> Answer:
        """Raises as ``Asker.ask``."""
        return self.asker.ask(question, self.task)
