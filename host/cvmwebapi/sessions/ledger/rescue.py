"""A damaged ledger is put aside, whole, and a new one begun with all that can still be read of it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.ledger.table import SESSION, SITE, Row, Table
from cvmwebapi.texts.phrase import Fault

_PARTS = ("", "-wal", "-shm")
"""SQLite's names for what belongs to one file."""


def begin_anew(file: Path) -> Path:
    """Put the ledger ``file`` aside; where it is now. Raises ``CVMError``, ``OSError``, ``sqlite3.Error``."""
    damaged = Path(f"{file}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    for part in _PARTS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{file}{part}").rename(f"{damaged}{part}")
    address = f"{damaged.resolve().as_uri()}?mode=ro"
    with contextlib.closing(Ledger(file)) as ledger, contextlib.closing(sqlite3.connect(address, uri=True)) as old:
        old.row_factory = sqlite3.Row
        with ledger.transaction():
            for row in _readable(old, SESSION):
                ledger.add(row)
            for decision in _readable(old, SITE):
                ledger.decide(decision)
            for opener in _items(old, "SELECT session, origin FROM opener"):
                ledger.note_opener(opener["session"], opener["origin"])
    return damaged


def _readable(old: sqlite3.Connection, table: Table[Row]) -> Iterator[Row]:
    for item in _items(old, table.select("")):
        with contextlib.suppress(Fault):
            yield table.row(item)


def _items(old: sqlite3.Connection, statement: str) -> Iterator[sqlite3.Row]:
    """As far as SQLite comes."""
    with contextlib.suppress(sqlite3.DatabaseError):
        yield from old.execute(statement)
