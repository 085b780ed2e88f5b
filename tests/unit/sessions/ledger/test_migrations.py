"""Ledgers of earlier versions. `earlier/*.sql` are their tables as those versions made them, word for word;
`upgraded.sql` is one of the very first that later ones have added their columns to."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cvmwebapi.sessions.ledger import schema
from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.sessions.ledger.rows import Decision, Given, Stage
from cvmwebapi.sessions.ledger.store import Ledger

EARLIER = Path(__file__).with_name("earlier")
DESCRIPTION = {
    "name": "vm", "user_data": "[a]", "cpus": 2, "memory": 1024, "disk": 4096, "version": "latest", "flavor": "prod",
    "flags": 33, "disk_url": "", "disk_checksum": "", "api_port": 80, "execution_cap": 90, "can_override": ["flags"],
}  # fmt: skip
AGREED = {"cpus": 2, "memory": 1024, "disk": 4096, "flags": 33}
LESS = {**AGREED, "memory": 512}
GIVEN = {"cpus": 2, "memory": 1024, "execution_cap": 90, "api_port": 80}


def made_by(sql: str, file: Path) -> set[str]:
    """A ledger with as much as that version could write into it; its tables and columns."""
    with contextlib.closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript((EARLIER / sql).read_text("utf-8"))
        there = {str(name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        there |= {str(row[1]) for row in db.execute("PRAGMA table_info(session)")}
        values = {
            "id": "s", "domain": "a.example", "name": "vm", "secret": b"salt", "vm": "uuid", "phase": "made",
            "port": 4711, "iso": "/i.iso", "context": "c0", "description": json.dumps(DESCRIPTION),
            "agreed": json.dumps(AGREED), "vals": '{"a": "b"}', "properties": '{"p": "q"}', "created": 5.0,
            "hardware": json.dumps(GIVEN), "release": "2.8", "granted": json.dumps(LESS),
        }  # fmt: skip
        for id, name in (("s", "vm"), ("t", "never opened again")):
            row = {**values, "id": id, "name": name, "created": values["created"] if id == "s" else 6.0}
            row = {key: value for key, value in row.items() if key in there}
            if id == "t":
                for key in ("hardware", "granted", "release"):
                    row.pop(key, None)
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO session ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        db.execute("INSERT INTO refusal VALUES ('b.example', 7.0)")
        if "trust" in there:
            db.execute("INSERT INTO trust VALUES ('s', 'published')")
        if "page" in there:
            db.execute("INSERT INTO page VALUES ('s', 'https://a.example')")
        if "opener" in there:
            db.execute("INSERT INTO opener VALUES ('s', 'https://a.example:8443')")
        if "site" in there:
            amounts = json.dumps(AGREED), json.dumps(LESS)
            db.execute("INSERT INTO site VALUES ('a.example', 'always', ?, ?, 'listed', 8.0)", amounts)
    return there


def check(file: Path, there: set[str]) -> None:
    """Nothing of it is lost, and it can be written to."""
    ledger = Ledger(file)
    row, other = ledger.all()
    assert (row.id, row.domain, row.name, row.secret, row.vm) == ("s", "a.example", "vm", b"salt", "uuid")
    assert (row.stage, row.port, row.iso, row.context, row.created) == (Stage.MADE, 4711, "/i.iso", "c0", 5.0)
    assert (row.vals, row.properties) == ({"a": "b"}, {"p": "q"})
    assert {name: getattr(row.description, name) for name in DESCRIPTION} == {**DESCRIPTION, "can_override": ("flags",)}
    assert row.agreed == Resources(**AGREED)
    assert row.granted == Resources(**(LESS if "granted" in there else AGREED))
    assert row.hardware == (Given(**GIVEN) if "hardware" in there else None)
    assert row.release == ("2.8" if "release" in there else "")
    assert row.trust == ("published" if "trust" in there else "listed")
    assert row.origin == ("https://a.example" if "page" in there else "")
    assert ledger.is_opener("s", "https://a.example") == ("page" in there)
    assert ledger.is_opener("s", "https://a.example:8443") == ("opener" in there)
    assert (other.granted, other.hardware, other.trust, other.origin) == (other.agreed, None, "listed", "")
    sites = [(site.domain, site.decision, site.agreed, site.granted, site.trust, site.since) for site in ledger.sites()]
    always = ("a.example", Decision.ALWAYS, Resources(**AGREED), Resources(**LESS), "listed", 8.0)
    assert sites == ([always] if "site" in there else [])
    assert ledger.refusals("b.example") == [7.0]
    ledger.note_opener("t", "https://b.example")
    ledger.revoke("a.example")
    assert [row.agreed for row in ledger.all()] == [Resources(0, 0, 0, 0)] * 2


ALL = sorted(file.name for file in EARLIER.glob("*.sql"))


def shape(file: Path) -> tuple[int, list[str], list[str]]:
    with contextlib.closing(sqlite3.connect(file)) as db:
        tables = sorted(str(name) for (name,) in db.execute("SELECT name FROM sqlite_master"))
        columns = sorted(str(row[1:5]) for row in db.execute("PRAGMA table_info(session)"))
        return schema.version(db), tables, columns


@pytest.mark.parametrize("sql", ALL)
def test_nothing_of_an_earlier_ledger_is_lost(sql: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    check(file, made_by(sql, file))
    Ledger(tmp_path / "new.sqlite")
    assert shape(file) == shape(tmp_path / "new.sqlite")
    assert shape(file)[0] == schema.VERSION


def test_there_are_as_many_earlier_ones_as_history_tells() -> None:
    assert len(ALL) == 9


@pytest.mark.parametrize("step", range(schema.VERSION))
def test_a_step_that_fails_leaves_the_ledger_as_it_was(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ledger.sqlite"
    there = made_by("page.sql", file)
    before = shape(file)
    steps = list(schema._STEPS)

    def fails(db: sqlite3.Connection) -> None:
        steps[step](db)
        raise OSError("killed")

    monkeypatch.setattr(schema, "_STEPS", (*steps[:step], fails, *steps[step + 1 :]))
    with pytest.raises(OSError, match="killed"):
        Ledger(file)
    assert shape(file) == before
    monkeypatch.undo()
    check(file, there)


_HOST = """
import sys
from pathlib import Path
from cvmwebapi.sessions.ledger.store import Ledger
print("ready", flush=True)
sys.stdin.readline()
print(len(Ledger(Path(sys.argv[1])).all()))
"""


@pytest.mark.parametrize("sql", ["sessions.sql", "opener.sql", None])
def test_hosts_that_migrate_at_the_very_same_moment(sql: str | None, tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    there = made_by(sql, file) if sql else None
    hosts = [
        subprocess.Popen([sys.executable, "-c", _HOST, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for host in hosts:
        assert host.stdout and host.stdout.readline() == "ready\n"
    for host in hosts:
        assert host.stdin
        host.stdin.write("go\n")
        host.stdin.flush()
    assert [host.communicate(timeout=60)[0] for host in hosts] == ["2\n" if sql else "0\n"] * 3
    if there is not None:
        check(file, there)
