"""Whether parameters are what the protocol's table says. Pure.

The rules are JSON Schema, as far as host/cvmwebapi/protocol/README.md has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.protocol.parameters import PARAMETERS
from cvmwebapi.texts.phrase import Phrase, detail

Rule = Mapping[str, Any]
Fault = tuple[str, Rule]
"""The name of what is wrong, and the rule that it breaks."""

_NAME = 80
"""Characters of a parameter's name in an error: it may be the page's own."""
# A bool is an int, too.
_TYPES = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def check(action: str, params: Mapping[str, object]) -> None:
    """Raises ``CVMError("badValue")`` for the first wrong parameter. Those that the table lacks are passed over."""
    if fault := fault_of_members(params, PARAMETERS[action], ""):
        name, rule = fault
        raise CVMError("badValue", name=name[:_NAME], detail=must_be(rule))


def fault_of_members(values: Mapping[str, object], rules: Mapping[str, Rule], within: str) -> Fault | None:
    """The first of ``values`` that breaks its rule, or is missing; ``within`` is put before its name."""
    for name, rule in rules.items():
        if name in values:
            fault = fault_of(values[name], rule, f"{within}{name}")
        else:
            fault = None if rule.get("optional") else (f"{within}{name}", rule)
        if fault:
            return fault
    return None


def fault_of(value: object, rule: Rule, name: str) -> Fault | None:
    """The same for one value that goes by ``name``. The items of a list have no names: the list is at fault."""
    if "anyOf" in rule:
        faults = [fault_of(value, choice, name) for choice in rule["anyOf"]]
        return faults[0] if all(faults) else None
    kinds = _kinds(rule)
    if not any(_TYPES[kind](value) for kind in kinds):
        return name, rule
    if isinstance(value, dict):
        return _fault_of_object(value, rule, name)
    holds = _list_holds(value, rule, name) if isinstance(value, list) else _plain_holds(value, rule)
    return None if holds else (name, rule)


def _plain_holds(value: Any, rule: Rule) -> bool:
    if "enum" in rule and value not in rule["enum"]:
        return False
    if "maxLength" in rule and len(str(value)) > rule["maxLength"]:
        return False
    # Not the other way round: what is no number at all is in no range.
    return value is None or rule.get("minimum", value) <= value <= rule.get("maximum", value)


def _list_holds(value: list[object], rule: Rule, name: str) -> bool:
    fits = rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value))
    return fits and not any(fault_of(item, rule["items"], name) for item in value)


def _fault_of_object(value: dict[str, object], rule: Rule, name: str) -> Fault | None:
    members, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    if len(value) > rule.get("maxProperties", len(value)) or (others is False and not set(value) <= set(members)):
        return name, rule
    if isinstance(others, Mapping):
        members = {**dict.fromkeys(value, others), **members}
    return fault_of_members(value, members, f"{name}.")


def must_be(rule: Rule) -> Phrase:
    """What a parameter has to be, in words."""
    kinds = _kinds(rule)
    if "array" in kinds:
        return detail(rule.get("says", "list"), limit=rule["maxItems"])
    if "object" in kinds:
        return _must_be_object(rule)
    if "enum" in rule:
        return detail("oneOf", values=", ".join(word or '""' for word in rule["enum"]))
    if "string" in kinds:
        return detail("text" if kinds == ["string"] else "numberOrText", limit=rule["maxLength"])
    if "boolean" in kinds:
        return detail("oneOf", values="true, false, null" if "null" in kinds else "true, false")
    return detail("numberRange" if "integer" in kinds else "range", low=rule["minimum"], high=rule["maximum"])


def _must_be_object(rule: Rule) -> Phrase:
    if "maxProperties" in rule:
        return detail("objectSize", limit=rule["maxProperties"])
    if rule.get("additionalProperties") is False:
        return detail("objectOf", names=", ".join(sorted(rule["properties"])))
    return detail("notObject")


def _kinds(rule: Rule) -> list[str]:
    return [rule["type"]] if isinstance(rule["type"], str) else list(rule["type"])
