"""A part of a message that is a text itself: a step of VirtualBox, the state of a machine, why something failed.

Each side says it in words of its own. What VirtualBox, the system or a server says is no phrase, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from cvmwebapi.texts import english

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import PhraseData
    from cvmwebapi.texts.codes import DetailCode, StepCode

Value = Union[str, int, float, "Phrase"]
"""What a parameter of a text may be."""


@dataclass(frozen=True)
class Phrase:
    """``code`` is the key of a text; its parameters may be phrases again. Raises ``KeyError`` as ``english.say``."""

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        english.say(self.code, self.params)

    def __str__(self) -> str:
        """In English."""
        return english.say(self.code, self.params)

    def to_json(self) -> PhraseData:
        """As the protocol has it; the English is for readers that don't know the code."""
        return {"code": self.code, "params": dict(wire(self.params)), "text": str(self)}


class Fault(ValueError):
    """What is wrong with something, by the ``code`` of a ``detail``: half a sentence for people."""

    def __init__(self, code: DetailCode, /, **params: Value) -> None:
        self.phrase = detail(code, **params)
        super().__init__(str(self.phrase))


def detail(code: DetailCode, /, **params: Value) -> Phrase:
    """Why something failed: the text ``detail_<code>``."""
    return Phrase(f"detail_{code}", params)


def step(code: StepCode) -> Phrase:
    """What was tried: the text ``step_<code>``."""
    return Phrase(f"step_{code}")


def megabytes(amount: int) -> Phrase:
    """An amount of memory or disk."""
    return Phrase("amount_megabytes", {"amount": amount})


def why(error: Exception) -> Value:
    """Why something failed, from an exception: a phrase where it has one, else the words of the system or library."""
    phrase = getattr(error, "phrase", None)
    if isinstance(phrase, Phrase):
        return phrase
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def wire(params: Mapping[str, Value]) -> dict[str, str | int | float | PhraseData]:
    """Parameters as the protocol has them."""
    return {name: value.to_json() if isinstance(value, Phrase) else value for name, value in params.items()}
