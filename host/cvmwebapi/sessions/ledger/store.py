"""What is asked of the ledger, and written into it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cvmwebapi.sessions.ledger.file import LedgerFile
from cvmwebapi.sessions.ledger.resources import NOTHING
from cvmwebapi.sessions.ledger.rows import SessionRow, SiteDecision
from cvmwebapi.sessions.ledger.table import SESSION, SITE

_KEPT_SECONDS = 86_400.0
"""After which refusals are forgotten."""


class Ledger:
    """Safe to use from several threads and several hosts at once. Every method may raise ``CVMError("ledgerBroken")``,
    and ``sqlite3.OperationalError`` when the file can't be read or written."""

    def __init__(self, file: Path) -> None:
        """Raises as ``LedgerFile``."""
        self._file = LedgerFile(file)

    def close(self) -> None:
        """Where it is opened for a look alone; hosts keep it until they end."""
        self._file.close()

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """Around what is to be written as a whole or not at all."""
        return self._file.transaction()

    def find(self, domain: str, name: str) -> SessionRow | None:
        """The session of a domain by its name."""
        return next(iter(self._file.rows(SESSION, "WHERE domain = ? AND name = ?", domain, name)), None)

    def get(self, session: str) -> SessionRow | None:
        """A session by its id."""
        return next(iter(self._file.rows(SESSION, "WHERE id = ?", session)), None)

    def all(self) -> list[SessionRow]:
        """All sessions, oldest first."""
        return self._file.rows(SESSION, "ORDER BY created")

    def add(self, row: SessionRow) -> None:
        """Write a new session down. Raises ``sqlite3.IntegrityError`` where its domain has one of that name."""
        self._file.execute(*SESSION.insert(row))

    def change(self, session: str, how: Callable[[SessionRow], SessionRow]) -> None:
        """Change a session by ``how``, which no other change comes between; one that is no more stays so."""
        with self.transaction():
            before = self.get(session)
            statement = SESSION.update(before, how(before), "id") if before else None
            if statement:
                self._file.execute(*statement)

    def remove(self, session: str) -> None:
        """Forget a session."""
        with self.transaction():
            self._file.execute("DELETE FROM opener WHERE session = ?", (session,))
            self._file.execute("DELETE FROM session WHERE id = ?", (session,))

    def site(self, domain: str) -> SiteDecision | None:
        """The decision about a website."""
        return next(iter(self._file.rows(SITE, "WHERE domain = ?", domain)), None)

    def sites(self) -> list[SiteDecision]:
        """All decisions about websites, by domain."""
        return self._file.rows(SITE, "ORDER BY domain")

    def decide(self, decision: SiteDecision) -> None:
        """Write down a decision about a website, in place of an earlier one."""
        self._file.execute(*SITE.insert(decision, "INSERT OR REPLACE"))

    def revoke(self, domain: str) -> None:
        """Take back every yes to a website and its machines, and every never: it asks again for each."""
        with self.transaction():
            self._file.execute("DELETE FROM site WHERE domain = ?", (domain,))
            for row in self._file.rows(SESSION, "WHERE domain = ?", domain):
                self.change(row.id, lambda row: replace(row, agreed=NOTHING))

    def note_opener(self, session: str, origin: str) -> None:
        """Remember that a page of that origin has opened the session."""
        self._file.execute("INSERT OR IGNORE INTO opener VALUES (?, ?)", (session, origin))

    def is_opener(self, session: str, origin: str) -> bool:
        """Whether a page of that origin has ever opened the session; another port of the same host has not."""
        return bool(self._file.execute("SELECT 1 FROM opener WHERE session = ? AND origin = ?", (session, origin)))

    def ports(self) -> set[int]:
        """Ports that machines of ours forward, running or not."""
        return {item["port"] for item in self._file.execute("SELECT port FROM session WHERE port != 0")}

    def refuse(self, domain: str, now: float) -> None:
        """Remember that ``domain`` was refused (throttle.py); old refusals are forgotten on the way."""
        with self.transaction():
            self._file.execute("DELETE FROM refusal WHERE at < ? OR at > ?", (now - _KEPT_SECONDS, now))
            self._file.execute("INSERT INTO refusal VALUES (?, ?)", (domain, now))

    def refusals(self, domain: str) -> list[float]:
        """When ``domain`` was refused, in rising order."""
        found = self._file.execute("SELECT at FROM refusal WHERE domain = ? ORDER BY at", (domain,))
        return [item["at"] for item in found]
