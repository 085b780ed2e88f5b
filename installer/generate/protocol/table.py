"""The protocol's table, read: its actions with all that is implied, and its shapes. Pure but for the reading."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from installer.sources import CHECKOUT

FILE = CHECKOUT / "host/cvmwebapi/protocol/protocol.json"
Schema = dict[str, Any]
"""JSON Schema, of the parts that host/cvmwebapi/protocol/README.md names."""

_IMPLIED: dict[str, dict[str, Schema]] = {
    "session": {"session": {"$ref": "#/shapes/SessionId"}},
    "request": {"request": {"type": "string", "maxLength": 64, "description": "Its id."}},
}
"""The parameter by which an action says what it is about."""
_CALLERS = ("page", "window", "background", "nobody")


@dataclass(frozen=True)
class Action:
    """One action. ``result`` is the name of a shape, or members; ``about`` is ``session``, ``request`` or empty."""

    name: str
    by: str
    what: str
    about: str = ""
    opens: bool = False
    task: bool = False
    answered_by: str = "host"
    call: str = ""
    method: str = ""
    params: dict[str, Schema] = field(default_factory=dict)
    result: str | dict[str, Schema] = field(default_factory=dict)

    @property
    def is_note(self) -> bool:
        """About a running request, and answered at once."""
        return self.about == "request"

    @property
    def module(self) -> str:
        """Its name under ``cvmwebapi.actions``; empty for what has none."""
        has_one = self.by in ("page", "window") and self.answered_by == "host" and not self.is_note
        return re.sub(r"(?=[A-Z])", "_", self.name).lower() if has_one else ""

    @property
    def caller(self) -> str:
        """The kind of caller that the host sees."""
        return "page" if self.by == "page" else "extension"


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The whole file."""
    read: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return read


def actions() -> list[Action]:
    """In the table's order. Raises ``TypeError`` for a word that it does not know, ``ValueError`` for a caller."""
    found = []
    for name, row in table()["actions"].items():
        words = {("answered_by" if word == "answeredBy" else word): value for word, value in row.items()}
        params = {**_IMPLIED.get(row.get("about", ""), {}), **words.pop("params", {})}
        action = Action(name, **words, params=params)
        if action.by not in _CALLERS:
            raise ValueError(f"{name}: nobody is called {action.by}")
        found.append(action)
    return found


def shapes() -> dict[str, Schema]:
    """By name; ``Verb`` is any of the verbs."""
    return {"Verb": {"type": "string", "enum": list(table()["verbs"])}, **table()["shapes"]}


def states() -> dict[str, dict[str, Any]]:
    """Those that a machine can be in."""
    return {name: row for name, row in table()["states"].items() if "verbs" in row}


def shape_of(reference: str) -> str:
    """The name in a ``$ref``. Raises ``KeyError`` for a shape that there is not."""
    name = reference.rpartition("/")[2]
    shapes()[name]
    return name


def inlined(schema: Schema) -> Schema:
    """``schema`` without references and without words for people."""
    if "$ref" in schema:
        schema = {**shapes()[shape_of(schema["$ref"])], **{key: schema[key] for key in schema if key != "$ref"}}
    plain = {key: value for key, value in schema.items() if key not in ("description", "what")}
    for key in ("items", "additionalProperties"):
        if isinstance(plain.get(key), dict):
            plain[key] = inlined(plain[key])
    if "properties" in plain:
        plain["properties"] = {name: inlined(member) for name, member in plain["properties"].items()}
    if "anyOf" in plain:
        plain["anyOf"] = [inlined(choice) for choice in plain["anyOf"]]
    return plain


def types(schema: Schema) -> list[str]:
    """The names of its JSON types."""
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def limits(group: str) -> dict[str, Any]:
    """Name → value, those for both sides among them; a group of limits is a mapping of its own."""
    return {**_values(table()["limits"]["both"]), **_values(table()["limits"][group])}


def _values(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: row["value"] if "value" in row else _values(row) for name, row in rows.items()}


def limit_rows(group: str) -> Iterator[tuple[str, Any, str]]:
    """Name, value, and what is limited, for documents."""
    return _rows(table()["limits"][group], "")


def _rows(rows: dict[str, Any], before: str) -> Iterator[tuple[str, Any, str]]:
    for name, row in rows.items():
        if "value" in row:
            yield f"{before}{name}", row["value"], row["what"]
        else:
            yield from _rows(row, f"{before}{name}.")
