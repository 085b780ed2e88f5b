"""The ledger's file: opened by several hosts at once, changed in transactions, and told apart when it can't be used."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger import schema
from cvmwebapi.sessions.ledger.table import Row, Table, Value
from cvmwebapi.system import files, paths
from cvmwebapi.texts.phrase import Fault, why

_SECONDS = 30.0
"""For another host's transaction to end."""
_UNFIT = ("no such table", "no such column", "has no column", "could not decode")
"""What SQLite says of a file that it can read, but that is not what its version number tells."""


class LedgerFile:
    """Safe to use from several threads. A transaction that is under way is joined by whatever its thread does."""

    def __init__(self, file: Path) -> None:
        """Raises ``CVMError``: ``ledgerBroken``, ``ledgerNewer``; ``OSError`` or ``sqlite3.OperationalError`` when it
        can't be written."""
        self._file = file
        self._lock = threading.RLock()
        # Made by us first, so that it is private from its first moment.
        file.touch(mode=0o600)
        # A change to WAL does not wait for another host that makes the very same one.
        with self._told_apart(), files.locked(paths.locks_folder(file.parent) / "ledger", seconds=60):
            self._refuse_newer()
            self._db = sqlite3.connect(file, timeout=_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                # A machine must never exist without its row, not even after a power cut.
                self._db.execute("PRAGMA synchronous=FULL")
                schema.bring_up(self._db)
            except BaseException:
                self._db.close()
                raise
        self._db.row_factory = sqlite3.Row

    def close(self) -> None:
        """Nothing can be asked of it any more. The last one that closes it leaves all in the one file."""
        with self._lock:
            self._db.close()

    def _refuse_newer(self) -> None:
        """By a connection that can't write: even closing another one may move what stands in the write-ahead log."""
        # Without such a log, SQLite would begin one even to read.
        way = "mode=ro" if Path(f"{self._file}-wal").exists() else "immutable=1"
        address = f"{self._file.resolve().as_uri()}?{way}"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=_SECONDS)) as db:
            found = schema.version(db)
        if found > schema.VERSION:
            raise CVMError("ledgerNewer", file=str(self._file))

    @contextlib.contextmanager
    def _told_apart(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            # Its sub-classes are for what has nothing to do with the file's content, such as a full disk.
            if type(error) is sqlite3.DatabaseError or any(words in str(error).lower() for words in _UNFIT):
                raise self._broken(error) from error
            raise

    def _broken(self, error: Exception) -> CVMError:
        return CVMError("ledgerBroken", file=str(self._file), detail=why(error))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written in the block is there after it, or none of it: after an exception, or a kill."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                # SQLite itself may have ended it, when the disk was full.
                if self._db.in_transaction:
                    self.execute("ROLLBACK")
                raise

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """One statement. Raises ``CVMError("ledgerBroken")``, ``sqlite3.Error``."""
        with self._lock, self._told_apart():
            return self._db.execute(sql, values).fetchall()

    def rows(self, table: Table[Row], rest: str, *values: Value) -> list[Row]:
        """Rows of a table; ``rest``: WHERE, ORDER BY… Raises as ``execute``."""
        found = self.execute(table.select(rest), values)
        try:
            return [table.row(item) for item in found]
        except Fault as error:
            raise self._broken(error) from error
