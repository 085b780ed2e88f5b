"""The ledger's file, with real SQLite: begun by several hosts, damaged, newer than we are, full, put aside."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger import rescue, schema
from cvmwebapi.sessions.ledger.rows import Decision, SiteDecision
from cvmwebapi.sessions.ledger.store import Ledger

from tests.lab.machines import session_row

HOSTS = 4


def test_hosts_that_begin_at_the_very_same_moment_make_one_ledger(tmp_path: Path) -> None:
    with ThreadPoolExecutor(HOSTS) as hosts:
        for turn in range(10):
            start = threading.Barrier(HOSTS)

            def begin(file: Path = tmp_path / str(turn) / "ledger.sqlite", start: threading.Barrier = start) -> int:
                file.parent.mkdir(exist_ok=True)
                start.wait(30)
                return len(Ledger(file).all())

            assert [job.result() for job in [hosts.submit(begin) for _ in range(HOSTS)]] == [0] * HOSTS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with three sessions and a decision, left in order."""
    file = tmp_path / "ledger.sqlite"
    ledger = Ledger(file)
    for number in range(3):
        ledger.add(session_row(f"s{number}", f"vm{number}", properties={"much": "x" * 9000}))
        ledger.note_opener(f"s{number}", "https://example.org")
    ledger.decide(SiteDecision("example.org", Decision.NEVER, 1.0))
    ledger._file._db.close()
    return file


def sql(file: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(file)) as db, db:
        db.execute(statement)


def cut(file: Path, part: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])


def overwrite(file: Path) -> None:
    """The pages behind the first: the list of tables is whole, the tables are not."""
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xee" * (len(content) - 4096))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no SQLite": lambda file: file.write_bytes(b"not a database, " * 64),
    "cut to a few bytes": lambda file: cut(file, 0.001),
    "cut in the middle": lambda file: cut(file, 0.5),
    "cut near its end": lambda file: cut(file, 0.95),
    "overwritten": overwrite,
    "a description that is no JSON": lambda file: sql(file, "UPDATE session SET description = '{' WHERE id = 's1'"),
    "a description that is a list": lambda file: sql(file, "UPDATE session SET description = '[]' WHERE id = 's1'"),
    "amounts that are texts": lambda file: sql(file, """UPDATE session SET agreed = '{"cpus": "2"}' WHERE id = 's1'"""),
    "no amounts": lambda file: sql(file, "UPDATE session SET granted = '{}' WHERE id = 's1'"),
    "properties that are no object": lambda file: sql(file, "UPDATE session SET properties = '3' WHERE id = 's1'"),
    "a stage that there is not": lambda file: sql(file, "UPDATE session SET stage = 'mad' WHERE id = 's1'"),
    "letters that are no UTF-8": lambda file: sql(file, "UPDATE session SET iso = CAST(x'ff' AS TEXT) WHERE id = 's1'"),
    "a table is missing": lambda file: sql(file, "DROP TABLE session"),
    "a column is missing": lambda file: sql(file, "ALTER TABLE session DROP COLUMN release"),
}


def error_of(file: Path) -> CVMError:
    with pytest.raises(CVMError) as caught:
        Ledger(file).all()
    return caught.value


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_ledger_is_told_and_put_aside_whole(damage: Callable[[Path], object], file: Path) -> None:
    damage(file)
    content = file.read_bytes()
    error = error_of(file)
    assert (error.name, error.code) == ("ledgerBroken", -6)
    assert str(file) in error.message and "doctor --fix" in error.fix
    aside = rescue.begin_anew(file)
    assert aside.read_bytes()[:4096] == content[:4096] and aside.stat().st_size == len(content)
    assert {row.id for row in Ledger(file).all()} <= {"s0", "s1", "s2"}


@pytest.mark.parametrize("name", [*DAMAGES][5:11])
def test_what_can_be_read_is_kept(name: str, file: Path) -> None:
    whole = Ledger(file).all()
    DAMAGES[name](file)
    rescue.begin_anew(file)
    ledger = Ledger(file)
    assert ledger.all() == [whole[0], whole[2]]
    assert ledger.is_opener("s2", "https://example.org") and not ledger.is_opener("s2", "https://other.example")
    assert [site.decision for site in ledger.sites()] == [Decision.NEVER]


def test_what_only_the_write_ahead_log_has_is_put_aside_and_kept_too(file: Path) -> None:
    ledger = Ledger(file)
    ledger.add(session_row("late", "late"))
    assert Path(f"{file}-wal").stat().st_size
    sql(file, "UPDATE session SET description = '' WHERE id = 's0'")
    rescue.begin_anew(file)
    assert {row.id for row in Ledger(file).all()} == {"s1", "s2", "late"}


def test_a_newer_ledger_is_never_written_to(file: Path) -> None:
    # A newer host was killed: what it wrote last stands in the write-ahead log alone.
    newer = sqlite3.connect(file, isolation_level=None)
    newer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    parts = [file, Path(f"{file}-wal")]
    before = [part.read_bytes() for part in parts]
    error = error_of(file)
    assert (error.name, error.code) == ("ledgerNewer", -11)
    assert "newer version" in error.message and "Nothing was changed" in error.fix
    assert [part.read_bytes() for part in parts] == before
    newer.close()
    content = file.read_bytes()
    assert error_of(file).name == "ledgerNewer"
    assert file.read_bytes() == content and not Path(f"{file}-wal").exists()


def test_another_host_s_transaction_is_no_damage(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(file)
    ledger._file._db.execute("PRAGMA busy_timeout = 50")
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            ledger.remove("s0")
        other.execute("ROLLBACK")
    ledger.remove("s0")
    assert len(ledger.all()) == 2


def test_a_full_disk_is_no_damage_and_leaves_no_half_of_a_transaction(file: Path) -> None:
    ledger = Ledger(file)
    pages = ledger._file._db.execute("PRAGMA page_count").fetchone()[0]
    ledger._file._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"), ledger.transaction():
        ledger.decide(SiteDecision("b.example", Decision.ALWAYS, 2.0))
        ledger.add(session_row("large", "large", properties={"x": "y" * 200_000}))
    assert len(ledger.sites()) == 1
    ledger.change("s0", lambda row: replace(row, port=1))
    assert ledger.ports() == {1}


def test_an_exception_takes_back_the_whole_transaction_also_of_one_within_another(file: Path) -> None:
    ledger = Ledger(file)
    with pytest.raises(ValueError, match="no"), ledger.transaction():
        ledger.remove("s0")
        with ledger.transaction():
            ledger.remove("s1")
        raise ValueError("no")
    assert len(ledger.all()) == 3


def test_the_last_one_that_closes_it_leaves_all_in_the_one_file(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    one, other = Ledger(file), Ledger(file)
    one.add(session_row())
    one.close()
    assert other.all() == [session_row()]
    other.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.sqlite", "locks"]
