"""What values settings may have, and which of two is the stricter. Pure.

A field of ``settings.Settings`` is one line: ``setting(default, kind, stricter)``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, NamedTuple, TypeVar

from cvmwebapi.config import sites
from cvmwebapi.texts.phrase import Fault

T = TypeVar("T")
MAX_ITEMS = 1000
MAX_TEXT = 8192


class Kind(NamedTuple):
    """``check(value)`` gives the value as the program uses it, or raises ``Fault`` with what it must be."""

    check: Callable[[Any], Any]
    schema: Mapping[str, object]
    """JSON Schema, of the parts that Chromium's managed storage knows."""


class Rule(NamedTuple):
    """How one setting is checked, and what happens when user and policies disagree."""

    kind: Kind
    stricter: Callable[[Any, Any], Any] | None
    """The stricter of two values. ``None``: there is no stricter one, so the policy's word stands."""
    policy_only: bool = False
    """Whether the user's own settings don't count."""

    def locks(self, value: Any) -> bool:
        """Whether a policy's ``value`` leaves the user no choice at all."""
        return self.stricter is None or value is False


def setting(default: T, kind: Kind, stricter: Callable[[Any, Any], Any] | None = None, policy_only: bool = False) -> T:
    """A field of a dataclass, with its rule."""
    return field(default=default, metadata={"rule": Rule(kind, stricter, policy_only)})


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Fault("oneOf", values="true, false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise Fault("text", limit=MAX_TEXT)
    return value


def _address(value: Any) -> str:
    if not _text(value).startswith(("https://", "http://")) or any(c.isspace() for c in value):
        raise Fault("webAddress")
    return str(value).rstrip("/")


def whole_number(low: int, high: int) -> Kind:
    """From ``low`` to ``high``, both included."""

    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Fault("numberRange", low=low, high=high)
        return value

    return Kind(check, {"type": "integer", "minimum": low, "maximum": high})


def one_of(*words: str) -> Kind:
    """One of these words."""

    def check(value: Any) -> str:
        if value not in words:
            raise Fault("oneOf", values=", ".join(words))
        return str(value)

    return Kind(check, {"type": "string", "enum": list(words)})


def list_of(item: Kind) -> Kind:
    """A list. Kept as a tuple."""

    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)) or len(value) > MAX_ITEMS:
            raise Fault("list", limit=MAX_ITEMS)
        return tuple(dict.fromkeys(item.check(entry) for entry in value))

    return Kind(check, {"type": "array", "items": item.schema})


def objects_of(cls: Callable[..., Any], kinds: dict[str, Kind], required: tuple[str, ...]) -> Kind:
    """A list of objects with these members, made into ``cls``."""

    def check_one(value: Any) -> Any:
        if not isinstance(value, dict) or not set(required) <= set(value) <= set(kinds):
            raise Fault("objectMembers", required=", ".join(required), allowed=", ".join(kinds))
        members = {}
        for name, member in value.items():
            try:
                members[name] = kinds[name].check(member)
            except Fault as error:
                raise Fault("about", name=name, reason=error.phrase) from error
        return cls(**members)

    properties = {name: kind.schema for name, kind in kinds.items()}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return list_of(Kind(check_one, schema))


BOOLEAN = Kind(_boolean, {"type": "boolean"})
TEXT = Kind(_text, {"type": "string"})
ADDRESS = Kind(_address, {"type": "string"})
SITES = list_of(Kind(lambda value: sites.checked(_text(value)), {"type": "string"}))
ORIGINS = list_of(Kind(lambda value: sites.checked_origin(_text(value)), {"type": "string"}))
SITE = Kind(lambda value: sites.checked(_text(value)), {"type": "string"})


def both(one: bool, other: bool) -> bool:
    """Allowed only if both allow it."""
    return one and other


def lower_cap(one: int, other: int) -> int:
    """The lower of two limits; 0 is none."""
    return min(one, other) if one and other else one or other


def either(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is in either list."""
    return tuple(dict.fromkeys((*one, *other)))


def only_common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The websites that both lists mean."""
    return sites.common(one, other)


def from_text(kind: Kind, value: Any) -> Any:
    """A value of the Windows registry as JSON would have it: 0 and 1 are booleans there, lists may be JSON texts.

    Raises ``Fault`` for what can't be meant.
    """
    wanted = kind.schema["type"]
    if wanted == "boolean" and value in (0, 1) and isinstance(value, int):
        return bool(value)
    if wanted == "integer" and isinstance(value, str) and value.isdecimal():
        return int(value)
    if wanted == "array" and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError as error:
            raise Fault("jsonList") from error
    return value
