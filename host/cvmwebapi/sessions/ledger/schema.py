"""The tables, and how ledgers of earlier versions come to have them: one step a change, in order.

``PRAGMA user_version`` is the number of steps that a ledger has behind it. Those of the first versions did not write
it, nor did they all come the same way: the steps up to ``_all_openers`` look for what is there already. The others are
done once. A step is never changed after its release; what is new is a step of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable


def _sessions(db: sqlite3.Connection) -> None:
    db.execute(
        """
        CREATE TABLE IF NOT EXISTS session (
            id TEXT PRIMARY KEY,
            domain TEXT NOT NULL,
            name TEXT NOT NULL,
            secret BLOB NOT NULL,
            vm TEXT NOT NULL,
            phase TEXT NOT NULL DEFAULT 'none',
            port INTEGER NOT NULL DEFAULT 0,
            iso TEXT NOT NULL DEFAULT '',
            context TEXT NOT NULL DEFAULT '',
            description TEXT NOT NULL,
            agreed TEXT NOT NULL,
            vals TEXT NOT NULL DEFAULT '{}',
            properties TEXT NOT NULL DEFAULT '{}',
            created REAL NOT NULL,
            UNIQUE (domain, name)
        )
        """
    )
    db.execute("CREATE TABLE IF NOT EXISTS refusal (domain TEXT NOT NULL, at REAL NOT NULL)")
    db.execute("CREATE INDEX IF NOT EXISTS refusal_domain ON refusal (domain, at)")


def _kind_of_trust(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE IF NOT EXISTS trust (session TEXT PRIMARY KEY, kind TEXT NOT NULL)")


def _hardware(db: sqlite3.Connection) -> None:
    _add(db, "hardware TEXT NOT NULL DEFAULT '{}'")


def _release(db: sqlite3.Connection) -> None:
    _add(db, "release TEXT NOT NULL DEFAULT ''")


def _last_page(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE IF NOT EXISTS page (session TEXT PRIMARY KEY, origin TEXT NOT NULL)")


def _decisions_about_sites(db: sqlite3.Connection) -> None:
    db.execute(
        """
        CREATE TABLE IF NOT EXISTS site (
            domain TEXT PRIMARY KEY,
            decision TEXT NOT NULL,
            agreed TEXT NOT NULL,
            granted TEXT NOT NULL,
            trust TEXT NOT NULL,
            since REAL NOT NULL
        )
        """
    )
    _add(db, "granted TEXT NOT NULL DEFAULT '{}'")


def _all_openers(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE IF NOT EXISTS opener (session TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (session, origin))"
    )
    db.execute("INSERT OR IGNORE INTO opener SELECT session, origin FROM page")


def _whole_rows(db: sqlite3.Connection) -> None:
    """All that there is once a session stands in its row, of which the phase is called stage from now on.

    Until then, nothing granted meant what was agreed to."""
    db.execute("ALTER TABLE session ADD COLUMN trust TEXT NOT NULL DEFAULT 'listed'")
    db.execute("ALTER TABLE session ADD COLUMN origin TEXT NOT NULL DEFAULT ''")
    for column, table, value in (("trust", "trust", "kind"), ("origin", "page", "origin")):
        of_session = f"SELECT {table}.{value} FROM {table} WHERE {table}.session = session.id"
        db.execute(f"UPDATE session SET {column} = COALESCE(({of_session}), {column})")
    db.execute("UPDATE session SET granted = agreed WHERE granted = '{}'")
    db.execute("ALTER TABLE session RENAME COLUMN phase TO stage")
    db.execute("DROP TABLE trust")
    db.execute("DROP TABLE page")


_Step = Callable[[sqlite3.Connection], None]
_STEPS: tuple[_Step, ...] = (
    _sessions,
    _kind_of_trust,
    _hardware,
    _release,
    _last_page,
    _decisions_about_sites,
    _all_openers,
    _whole_rows,
)
VERSION = len(_STEPS)


def version(db: sqlite3.Connection) -> int:
    """The number of steps that the ledger has behind it; 0 also for those of the first versions."""
    number: int = db.execute("PRAGMA user_version").fetchone()[0]
    return number


def bring_up(db: sqlite3.Connection) -> None:
    """Do the steps that the ledger lacks, all or none. Raises ``sqlite3.Error``."""
    if version(db) == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another host may have been faster.
        for step in _STEPS[version(db) :]:
            step(db)
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _add(db: sqlite3.Connection, column: str) -> None:
    """To the sessions, unless it is there."""
    there = {row[1] for row in db.execute("PRAGMA table_info(session)")}
    if column.split(maxsplit=1)[0] not in there:
        db.execute(f"ALTER TABLE session ADD COLUMN {column}")
