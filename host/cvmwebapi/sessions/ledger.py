"""The ledger: every session and machine, written down before it is made. SQLite, one file per user.

``phase`` says what a kill at any moment leaves behind: ``none`` (no machine), ``creating`` and ``destroying`` (half of
one: to be removed), ``made`` (a whole one).
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cvmwebapi.system import files

_SCHEMA = """
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
    hardware TEXT NOT NULL DEFAULT '{}',
    release TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL,
    agreed TEXT NOT NULL,
    vals TEXT NOT NULL DEFAULT '{}',
    properties TEXT NOT NULL DEFAULT '{}',
    created REAL NOT NULL,
    UNIQUE (domain, name)
);
CREATE TABLE IF NOT EXISTS site (
    domain TEXT PRIMARY KEY,
    decision TEXT NOT NULL,
    agreed TEXT NOT NULL,
    granted TEXT NOT NULL,
    trust TEXT NOT NULL,
    since REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS trust (session TEXT PRIMARY KEY, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS page (session TEXT PRIMARY KEY, origin TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS opener (session TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (session, origin));
INSERT OR IGNORE INTO opener SELECT session, origin FROM page;
CREATE TABLE IF NOT EXISTS refusal (domain TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS refusal_domain ON refusal (domain, at);
"""
# Columns that ledgers of earlier versions lack.
_ADDED = {
    "granted": "TEXT NOT NULL DEFAULT '{}'",
    "hardware": "TEXT NOT NULL DEFAULT '{}'",
    "release": "TEXT NOT NULL DEFAULT ''",
}
HALF_DONE = ("creating", "destroying")
_COLUMNS = (
    "secret",
    "phase",
    "port",
    "iso",
    "context",
    "hardware",
    "release",
    "description",
    "agreed",
    "granted",
    "vals",
    "properties",
)
_JSON = frozenset({"hardware", "description", "agreed", "granted", "vals", "properties"})


@dataclass(frozen=True)
class SessionRow:
    """One session as the ledger has it."""

    id: str
    domain: str
    name: str
    secret: bytes
    vm: str
    """UUID of its machine, chosen before the machine is made."""
    phase: str
    port: int
    iso: str
    context: str
    """SHA-256 of the user data on the context medium."""
    hardware: dict[str, int]
    """What its machine was last given of what may change (``work.tuning``)."""
    description: dict[str, Any]
    agreed: dict[str, int]
    """Up to which the user is not asked again (``consent.Yes``)."""
    vals: dict[str, str]
    properties: dict[str, str]
    created: float
    release: str = ""
    """The version that ``latest`` was when its machine was first made; empty before."""
    granted: dict[str, int] = field(default_factory=dict)
    """What its machine is given at most; empty: what was agreed to."""


@dataclass(frozen=True)
class Site:
    """What the user decided about a website, once for all its machines: ``always`` or ``never``."""

    domain: str
    decision: str
    agreed: dict[str, int]
    granted: dict[str, int]
    trust: str
    since: float


class Ledger:
    """Safe to use from several threads and several hosts at once."""

    def __init__(self, file: Path) -> None:
        """Raises ``sqlite3.DatabaseError`` when the file is no ledger, ``OSError`` when it can't be written."""
        # Made by us first, so that it is private from its first moment.
        file.touch(mode=0o600)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # A change to WAL does not wait for another host that makes the very same one.
        with files.locked(file.parent / "locks" / "ledger", seconds=60):
            self._db.execute("PRAGMA journal_mode=WAL")
            # A machine must never exist without its row, not even after a power cut.
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
            self._add_columns()

    def _add_columns(self) -> None:
        there = {item["name"] for item in self._execute("PRAGMA table_info(session)")}
        for name, kind in _ADDED.items():
            if name not in there:
                self._execute(f"ALTER TABLE session ADD COLUMN {name} {kind}")

    def _execute(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def find(self, domain: str, name: str) -> SessionRow | None:
        """The session of a domain by its name."""
        return _one(self._execute("SELECT * FROM session WHERE domain = ? AND name = ?", domain, name))

    def get(self, session: str) -> SessionRow | None:
        """A session by its id."""
        return _one(self._execute("SELECT * FROM session WHERE id = ?", session))

    def all(self) -> list[SessionRow]:
        """All sessions, oldest first."""
        return [_row(item) for item in self._execute("SELECT * FROM session ORDER BY created")]

    def add(
        self,
        id: str,
        domain: str,
        name: str,
        secret: bytes,
        vm: str,
        description: dict[str, Any],
        agreed: dict[str, int],
    ) -> None:
        """Write a new session down. Raises ``sqlite3.IntegrityError`` when another host was faster."""
        self._execute(
            "INSERT INTO session (id, domain, name, secret, vm, description, agreed, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            id, domain, name, secret, vm, json.dumps(description), json.dumps(agreed), time.time(),
        )  # fmt: skip

    def update(self, session: str, **columns: Any) -> None:
        """Change columns of a session in one step."""
        names = [name for name in columns if name in _COLUMNS]
        assert len(names) == len(columns), columns.keys()
        values = [json.dumps(columns[name]) if name in _JSON else columns[name] for name in names]
        self._execute(f"UPDATE session SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?", *values, session)

    def remove(self, session: str) -> None:
        """Forget a session."""
        self._execute("DELETE FROM trust WHERE session = ?", session)
        self._execute("DELETE FROM page WHERE session = ?", session)
        self._execute("DELETE FROM opener WHERE session = ?", session)
        self._execute("DELETE FROM session WHERE id = ?", session)

    def site(self, domain: str) -> Site | None:
        """The decision about a website."""
        return next(iter(self.sites(domain)), None)

    def sites(self, domain: str | None = None) -> list[Site]:
        """All decisions about websites, by domain."""
        rows = self._execute("SELECT * FROM site WHERE ? IS NULL OR domain = ? ORDER BY domain", domain, domain)
        return [_site(item) for item in rows]

    def decide(self, site: Site) -> None:
        """Write down a decision about a website, in place of an earlier one."""
        self._execute(
            "INSERT OR REPLACE INTO site VALUES (?, ?, ?, ?, ?, ?)",
            site.domain, site.decision, json.dumps(site.agreed), json.dumps(site.granted), site.trust, site.since,
        )  # fmt: skip

    def revoke(self, domain: str) -> None:
        """Take back every yes to a website and its machines, and every never: it asks again for each."""
        nothing = json.dumps({"cpus": 0, "memory": 0, "disk": 0, "flags": 0})
        self._execute("DELETE FROM site WHERE domain = ?", domain)
        self._execute("UPDATE session SET agreed = ? WHERE domain = ?", nothing, domain)

    def origin(self, session: str) -> str:
        """Origin of the page that opened the session last; "" when that was an earlier version's."""
        rows = self._execute("SELECT origin FROM page WHERE session = ?", session)
        return str(rows[0]["origin"]) if rows else ""

    def opened_by(self, session: str, origin: str) -> None:
        """Remember the page that opened the session."""
        self._execute("INSERT OR IGNORE INTO opener VALUES (?, ?)", session, origin)
        if self.origin(session) != origin:
            self._execute("INSERT OR REPLACE INTO page VALUES (?, ?)", session, origin)

    def is_opener(self, session: str, origin: str) -> bool:
        """Whether a page of that origin has ever opened the session; another port of the same host has not."""
        return bool(self._execute("SELECT 1 FROM opener WHERE session = ? AND origin = ?", session, origin))

    def trust(self, session: str) -> str:
        """The kind of trust (``keystore.Trust.kind``) that the site had when the user agreed to the session."""
        rows = self._execute("SELECT kind FROM trust WHERE session = ?", session)
        return str(rows[0]["kind"]) if rows else "listed"

    def agree_to_trust(self, session: str, kind: str) -> None:
        """Remember that the user knows of this kind of trust."""
        self._execute("INSERT OR REPLACE INTO trust VALUES (?, ?)", session, kind)

    def ports(self) -> set[int]:
        """Ports that machines of ours forward, running or not."""
        return {item["port"] for item in self._execute("SELECT port FROM session WHERE port != 0")}

    def refuse(self, domain: str, now: float) -> None:
        """Remember that ``domain`` was refused (throttle.py); old refusals are forgotten on the way."""
        self._execute("DELETE FROM refusal WHERE at < ? OR at > ?", now - 86_400, now)
        self._execute("INSERT INTO refusal VALUES (?, ?)", domain, now)

    def refusals(self, domain: str) -> list[float]:
        """When ``domain`` was refused, in rising order."""
        return [item["at"] for item in self._execute("SELECT at FROM refusal WHERE domain = ? ORDER BY at", domain)]


def _one(rows: list[sqlite3.Row]) -> SessionRow | None:
    return _row(rows[0]) if rows else None


def _row(item: sqlite3.Row) -> SessionRow:
    return SessionRow(**{name: json.loads(item[name]) if name in _JSON else item[name] for name in item.keys()})  # noqa: SIM118


def _site(item: sqlite3.Row) -> Site:
    return Site(**{**dict(item), "agreed": json.loads(item["agreed"]), "granted": json.loads(item["granted"])})
