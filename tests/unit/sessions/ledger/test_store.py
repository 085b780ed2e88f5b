"""What is written into the ledger and read from it."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest
from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.sessions.ledger.rows import Decision, Given, SessionRow, SiteDecision, Stage
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.ledger.table import SESSION
from cvmwebapi.vmcp.description import MachineDescription

from tests.lab.machines import session_row

WHOLE = SessionRow(
    id="id", domain="a.example", name="vm", secret=b"\0\xff", vm="uuid",
    description=MachineDescription("vm", "user é data", 2, 1024, 4096, "2.8", "devel", 33, "https://d.example/d", "ab",
                                   8080, 50, ("flags", "cpus"), 1, 256, 1024),
    agreed=Resources(2, 1024, 4096, 33), granted=Resources(1, 512, 4096, 33), created=1.5, trust="published",
    origin="https://a.example", stage=Stage.CREATING, port=4711, iso="/i", context="c",
    hardware=Given(1, 512, 50, 8080), release="2.9", vals={"a": "b"}, properties={"c": "d"},
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def test_a_row_comes_back_as_it_was_written(ledger: Ledger) -> None:
    other = session_row("other")
    # Each field has another value than a row that is just made: one that is forgotten on the way would show.
    assert not [item.name for item in fields(SessionRow) if getattr(WHOLE, item.name) == getattr(other, item.name)]
    ledger.add(WHOLE)
    ledger.add(other)
    assert ledger.all() == [WHOLE, other]
    assert ledger.get("id") == ledger.find("a.example", "vm") == WHOLE
    assert ledger.get("none") is ledger.find("b.example", "vm") is None


@pytest.mark.parametrize("name", [item.name for item in fields(SessionRow)])
def test_each_field_can_be_changed_alone(name: str, ledger: Ledger) -> None:
    before = session_row("other")
    ledger.add(before)
    after = replace(before, **{name: getattr(WHOLE, name)})
    ledger.change("other", lambda row: after)
    assert ledger.all() == [after]


def test_what_stays_is_not_written(ledger: Ledger) -> None:
    assert SESSION.update(WHOLE, replace(WHOLE), "id") is None
    assert SESSION.update(WHOLE, replace(WHOLE, port=1, vm="x"), "id") == (
        "UPDATE session SET vm = ?, port = ? WHERE id = ?", ["x", 1, "id"],
    )  # fmt: skip


def test_no_change_of_two_at_once_is_lost(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add(session_row("one"))
    hosts = [ledger, Ledger(tmp_path / "ledger.sqlite")]

    def count(number: int) -> None:
        hosts[number % 2].change(
            "one", lambda row: replace(row, properties={**row.properties, str(number): "x"}, port=row.port + 1)
        )

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(40)))
    (row,) = ledger.all()
    assert row.port == len(row.properties) == 40


def test_a_name_that_is_taken(ledger: Ledger) -> None:
    ledger.add(session_row("one", "vm"))
    with pytest.raises(sqlite3.IntegrityError):
        ledger.add(session_row("two", "vm"))


def test_a_session_that_is_no_more_stays_so(ledger: Ledger) -> None:
    ledger.add(session_row("one"))
    ledger.note_opener("one", "https://example.org")
    ledger.remove("one")
    ledger.change("one", lambda row: replace(row, port=1))
    assert ledger.all() == [] and not ledger.is_opener("one", "https://example.org")


def test_a_decision_takes_the_place_of_an_earlier_one_until_it_is_revoked(ledger: Ledger) -> None:
    ledger.add(session_row("one"))
    always = SiteDecision("example.org", Decision.ALWAYS, 1.0, "listed", Resources(1, 2, 3, 4), Resources(1, 1, 1, 1))
    ledger.decide(SiteDecision("example.org", Decision.NEVER, 0.5))
    ledger.decide(always)
    assert ledger.sites() == [ledger.site("example.org")] == [always]
    ledger.revoke("example.org")
    assert ledger.sites() == [] and ledger.site("example.org") is None
    assert ledger.all()[0].agreed == Resources(0, 0, 0, 0)


def test_ports_that_are_promised(ledger: Ledger) -> None:
    for number, port in enumerate((0, 4711, 4712)):
        ledger.add(session_row(str(number), str(number), port=port))
    assert ledger.ports() == {4711, 4712}
