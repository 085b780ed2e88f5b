"""How rows are kept in tables of SQLite: the fields of the row's class are the one list of the columns. Pure."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, NamedTuple, TypeVar

from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.sessions.ledger.rows import Decision, Given, SessionRow, SiteDecision, Stage
from cvmwebapi.texts.phrase import Fault
from cvmwebapi.vmcp.description import MachineDescription

Row = TypeVar("Row", bound="SessionRow | SiteDecision")
Value = Any
"""What SQLite takes: text, number or bytes."""


class _Codec(NamedTuple):
    """``decode`` raises ``ValueError`` or ``TypeError`` for what was never encoded so."""

    encode: Callable[[Any], Value]
    decode: Callable[[Value], Any]


def _as_json(value: Any) -> str:
    return json.dumps(asdict(value) if value is not None else {})


def _read(kind: type[Any]) -> Callable[[Value], Any]:
    """Of a class whose fields are numbers, texts and tuples of texts."""
    kinds = {"int": int, "str": str, "tuple[str, ...]": list}

    def read(text: Value) -> Any:
        content = _object(text)
        for item in fields(kind):
            if item.name in content and type(content[item.name]) is not kinds[str(item.type)]:
                raise ValueError(f"{item.name} is no {item.type}")
        return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in content.items()})

    return read


def _object(text: Value) -> Mapping[str, Any]:
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("it is no object")
    return content


def _texts(text: Value) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in _object(text).items()}


_given = _read(Given)
_resources = _Codec(_as_json, _read(Resources))
_texts_codec = _Codec(json.dumps, _texts)
_CODECS = {
    "stage": _Codec(lambda stage: stage.value, Stage),
    "decision": _Codec(lambda decision: decision.value, Decision),
    "description": _Codec(_as_json, _read(MachineDescription)),
    "hardware": _Codec(_as_json, lambda text: None if text == "{}" else _given(text)),
    "agreed": _resources,
    "granted": _resources,
    "vals": _texts_codec,
    "properties": _texts_codec,
}
"""Fields that SQLite has no kind of column for."""


def _encoded(name: str, value: Any) -> Value:
    return _CODECS[name].encode(value) if name in _CODECS else value


def _decoded(name: str, value: Value) -> Any:
    try:
        return _CODECS[name].decode(value) if name in _CODECS else value
    except (ValueError, TypeError) as error:
        raise Fault("field", name=name) from error


@dataclass(frozen=True)
class Table(Generic[Row]):
    """One table; all of it follows from ``kind``, the class of its rows."""

    name: str
    kind: type[Row]

    @property
    def columns(self) -> tuple[str, ...]:
        """In the order of the fields."""
        return tuple(item.name for item in fields(self.kind))

    def select(self, rest: str) -> str:
        """The statement for rows; ``rest``: WHERE, ORDER BY…"""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} {rest}"

    def insert(self, row: Row, verb: str = "INSERT") -> tuple[str, list[Value]]:
        """The statement for a new row, and its values."""
        values = [_encoded(name, getattr(row, name)) for name in self.columns]
        return f"{verb} INTO {self.name} ({', '.join(self.columns)}) VALUES ({', '.join('?' * len(values))})", values

    def update(self, before: Row, after: Row, key: str) -> tuple[str, list[Value]] | None:
        """The statement that changes what is not the same, and its values; ``None``: nothing is."""
        changed = [name for name in self.columns if getattr(before, name) != getattr(after, name)]
        if not changed:
            return None
        values = [_encoded(name, getattr(after, name)) for name in changed]
        names = ", ".join(f"{name} = ?" for name in changed)
        return f"UPDATE {self.name} SET {names} WHERE {key} = ?", [*values, getattr(before, key)]

    def row(self, item: sqlite3.Row) -> Row:
        """The row of what SQLite gave. Raises ``Fault`` when it can't be one."""
        return self.kind(**{name: _decoded(name, item[name]) for name in self.columns})


SESSION = Table("session", SessionRow)
SITE = Table("site", SiteDecision)
