"""Whether parameters are what the protocol's table says: JSON Schema, as far as protocol/README.md has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.protocol.parameters import PARAMETERS

Rule = Mapping[str, Any]

_NAME = 80
"""Characters of a parameter's name in an error: it may be the page's own."""
_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
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


def check(action: str, params: Mapping[str, Any]) -> None:
    """Raises ``CVMError("badValue")`` for the first wrong parameter. Those that the table lacks are passed over."""
    fault = fault_of_members(params, PARAMETERS[action], "")
    if fault:
        name, detail = fault
        raise CVMError("badValue", name=name[:_NAME], detail=detail)


def fault_of_members(values: Mapping[str, Any], rules: Mapping[str, Rule], within: str) -> tuple[str, str] | None:
    """Where ``values`` break a rule, and how; ``within`` is put before the name."""
    for name, rule in rules.items():
        if name in values:
            fault = fault_of(values[name], rule, f"{within}{name}")
        else:
            fault = None if rule.get("optional") else (f"{within}{name}", "it is missing")
        if fault:
            return fault
    return None


def fault_of(value: Any, rule: Rule, name: str) -> tuple[str, str] | None:
    """The same for one value that goes by ``name``."""
    if "anyOf" in rule:
        faults = [fault_of(value, choice, name) for choice in rule["anyOf"]]
        return faults[0] if all(faults) else None
    kinds = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    if not any(_TYPES[kind](value) for kind in kinds):
        return name, f"it must be {' or '.join(_WORDS[kind] for kind in kinds)}"
    if isinstance(value, dict):
        return _fault_of_object(value, rule, name)
    detail = _fault_of_list(value, rule) if isinstance(value, list) else _fault_of_plain(value, rule)
    if detail:
        return name, detail
    items = value if isinstance(value, list) else ()
    return next((fault for item in items if (fault := fault_of(item, rule["items"], name))), None)


def _fault_of_plain(value: Any, rule: Rule) -> str:
    if "enum" in rule and value not in rule["enum"]:
        return f"it must be one of {', '.join(word or 'nothing' for word in rule['enum'])}"
    if len(str(value)) > rule.get("maxLength", len(str(value))):
        return f"it is longer than {rule['maxLength']} characters"
    # Not the other way round: what is no number at all is in no range.
    if ("minimum" in rule and not rule["minimum"] <= value) or ("maximum" in rule and not value <= rule["maximum"]):
        return f"it must be {_range(rule)}"
    return ""


def _range(rule: Rule) -> str:
    if "maximum" not in rule:
        return f"{rule['minimum']} or more"
    return f"from {rule['minimum']} to {rule['maximum']}"


def _fault_of_list(value: list[Any], rule: Rule) -> str:
    low, high = rule.get("minItems", 0), rule.get("maxItems", len(value))
    if low <= len(value) <= high:
        return ""
    return f"it must have {low} to {high} items" if low != high else f"it must have {low} items"


def _fault_of_object(value: dict[str, Any], rule: Rule, name: str) -> tuple[str, str] | None:
    if len(value) > rule.get("maxProperties", len(value)):
        return name, f"it must have at most {rule['maxProperties']} members"
    members, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    if others is False and not set(value) <= set(members):
        return name, f"it must have no members but {', '.join(sorted(members))}"
    if isinstance(others, Mapping):
        members = {**dict.fromkeys(value, others), **members}
    return fault_of_members(value, members, f"{name}.")
