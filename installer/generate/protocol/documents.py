"""The tables of docs/protocol.md, and the calls of a session in docs/websites.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from installer.generate import markdown, regions
from installer.generate.protocol import table
from installer.generate.protocol.table import Action, Schema
from installer.sources import CHECKOUT

_PROTOCOL = CHECKOUT / "docs/protocol.md"
_WEBSITES = CHECKOUT / "docs/websites.md"


def files() -> dict[Path, bytes]:
    """Both documents, with their tables as they ought to be."""
    whole = table.table()
    of_pages = [action for action in table.actions() if action.by == "page" and not action.is_note]
    parts = {
        "hops": markdown.table(("hop", "by"), whole["hops"].items()),
        "actions of pages": _actions(of_pages),
        "notes": _actions([action for action in table.actions() if action.is_note]),
        "actions of windows": _actions([action for action in table.actions() if action.by == "window"]),
        "actions of the background": _actions([action for action in table.actions() if action.by == "background"]),
        "events": _events(whole["events"]),
        "failures": markdown.table(("bit", ""), ((row["bit"], row["what"]) for row in whole["failures"].values())),
        "questions": markdown.table(
            ("question", "`details`", ""),
            ((f"`{name}`", _link(row["details"]), row["what"]) for name, row in whole["questions"].items()),
        ),
        "states": _states(whole["states"]),
        "flags": markdown.table(
            ("bit", "name", ""), ((row["bit"], f"`{name}`", row["what"]) for name, row in whole["flags"].items())
        ),
        "shapes": _shapes(),
        "limits": _limits(),
    }
    text = _PROTOCOL.read_text("utf-8")
    for name, content in parts.items():
        text = regions.replaced(_PROTOCOL, name, content, markdown.COMMENT, text).decode()
    calls = markdown.table(
        ("call", "what it does"),
        ((f"`{action.call or f'{action.name}()'}`", action.what) for action in of_pages if action.about == "session"),
    )
    return {_PROTOCOL: text.encode(), _WEBSITES: regions.replaced(_WEBSITES, "calls", calls, markdown.COMMENT)}


def present() -> Iterable[Path]:
    """Both have their fixed places."""
    return ()


def _actions(actions: list[Action]) -> str:
    return markdown.table(
        ("action", "params", "result", ""), ((_name(it), _members(it.params), _result(it), it.what) for it in actions)
    )


def _name(action: Action) -> str:
    return f"`{action.name}`" + (f" (answered by the {action.answered_by})" if action.answered_by != "host" else "")


def _result(action: Action) -> str:
    if isinstance(action.result, str):
        return _link(action.result)
    return _members(action.result) or "`{}`"


def _members(members: dict[str, Schema]) -> str:
    return ", ".join(_member(name, schema) for name, schema in members.items())


def _member(name: str, schema: Schema) -> str:
    optional = "?" if schema.get("optional") else ""
    notes = [_kind(schema), schema.get("description", "").rstrip(".")]
    return f"`{name}{optional}` ({'; '.join(note for note in notes if note)})"


def _kind(schema: Schema) -> str:
    """Type and limits, in a few words."""
    if "$ref" in schema:
        name = table.shape_of(schema["$ref"])
        shape = table.shapes()[name]
        return _link(name) if "properties" in shape else _kind(shape)
    if "anyOf" in schema:
        return " or ".join(_kind(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(word)}`" if not word else f"`{word}`" for word in schema["enum"])
    return " or ".join(_words(kind, schema) for kind in table.types(schema))


def _words(kind: str, schema: Schema) -> str:
    if kind == "array":
        most = schema.get("maxItems")
        exact = most if most == schema.get("minItems") else None
        number = f"{exact} × " if exact else f"up to {most} × " if most else "list of "
        return f"{number}{_kind(schema['items'])}"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"object of {_kind(values)}" if isinstance(values, dict) else "object"
    words = {"string": "text", "integer": "whole number"}.get(kind, kind)
    if kind == "string" and "maxLength" in schema:
        words += f" ≤ {schema['maxLength']:,}"
    if kind in ("integer", "number") and "minimum" in schema:
        words += f" {schema['minimum']} to {schema['maximum']}" if "maximum" in schema else f" ≥ {schema['minimum']}"
    return words


def _link(shape: str) -> str:
    return f"[{shape}](#shapes)"


def _events(events: dict[str, Any]) -> str:
    return markdown.table(
        ("event", "of", ""),
        ((f"`{name}({', '.join(row['args'])})`", ", ".join(row["of"]), row["what"]) for name, row in events.items()),
    )


def _states(states: dict[str, Any]) -> str:
    return markdown.table(
        ("number", "name", "", "verbs of windows"),
        (
            (row["number"], f"`{name}`", row["what"], ", ".join(f"`{verb}`" for verb in row.get("verbs") or ()))
            for name, row in states.items()
        ),
    )


def _shapes() -> str:
    named = {name: shape for name, shape in table.shapes().items() if "properties" in shape}
    return markdown.table(
        ("shape", "members", ""),
        ((f"`{name}`", _members(shape["properties"]), shape.get("what", "")) for name, shape in named.items()),
    )


def _limits() -> str:
    names = {"extension": "relay and background", "host": "host", "both": "both sides"}
    return markdown.table(
        ("where", "limit", ""),
        ((names[group], _value(value), what) for group in names for _, value, what in table.limit_rows(group)),
    )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        first, second = value.items()
        return f"{first[1]:,}, {second[1]} {'a second' if second[0] == 'perSecond' else second[0]}"
    for unit, size in (("MB", 2**20), ("KB", 2**10)):
        if value >= size and value % size == 0 and value > 1024:
            return f"{value // size} {unit}"
    return f"{value:,}"
