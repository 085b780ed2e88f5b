"""The table of settings in docs/administration.md, from the settings' own class."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cvmwebapi.config import kinds, settings

from installer.generate import markdown, regions
from installer.sources import CHECKOUT

_DOCUMENT = CHECKOUT / "docs/administration.md"
_STRICTER: dict[Callable[[Any, Any], Any] | None, str] = {
    None: "the policy's",
    kinds.only_common: "what both lists allow",
    kinds.either: "what either of them blocks",
    kinds.lower_cap: "the lower",
    kinds.both: "only if both say yes",
    min: "the lower",
    max: "the higher",
}


def files() -> dict[Path, bytes]:
    """The document with its table as it ought to be. Raises ``KeyError`` for a rule that has no words yet."""
    values = settings.to_json(settings.Settings())
    rows = (
        (f"`{name}`", settings.descriptions()[name], _values(rule), _shown(values.get(name)), _rule(rule))
        for name, rule in settings.rules().items()
    )
    head = ("name", "meaning", "values", "default", "if user and policy differ")
    return {_DOCUMENT: regions.replaced(_DOCUMENT, "settings", markdown.table(head, rows), markdown.COMMENT)}


def present() -> Iterable[Path]:
    """It has its fixed place."""
    return ()


def _values(rule: kinds.Rule) -> str:
    """What may be set, from the JSON Schema."""
    return _kind(rule.kind.schema)


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if schema["type"] == "array":
        items = schema["items"]
        if items["type"] == "object":
            return f"list of objects with {', '.join(f'`{name}`' for name in items['properties'])}"
        return "list of texts"
    if schema["type"] == "integer":
        return f"{schema['minimum']:,} to {schema['maximum']:,}"
    return {"boolean": "`true`, `false`", "string": "text"}[schema["type"]]


def _shown(value: object) -> str:
    return "not set" if value is None else f"`{json.dumps(value)}`"


def _rule(rule: kinds.Rule) -> str:
    return "only policies count" if rule.policy_only else _STRICTER[rule.stricter]
