"""A host that is killed at any statement of opening a session leaves all of it in the ledger, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cvmwebapi.sessions.admission import secrets
from cvmwebapi.sessions.ledger.resources import NOTHING, Resources
from cvmwebapi.sessions.ledger.rows import Decision
from cvmwebapi.sessions.ledger.store import Ledger

from tests.lab.machines import session_row

from .killed_while_opening import DOMAIN, MACHINE, ORIGIN, open_session

WANTED = Resources(4, 4096, 1024, 0)


def killed(file: Path, at: int) -> int:
    """Statements that there were, 0 when it was killed before the end."""
    command = [sys.executable, "-m", f"{__package__}.killed_while_opening", str(file), str(at)]
    folder = Path(__file__).resolve().parents[4]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False, env={**os.environ})
    assert done.returncode in (0, -9)
    return int(done.stdout or 0)


def known(file: Path) -> None:
    """The user agreed to a smaller machine before."""
    small = replace(MACHINE.without_secret(), cpus=1)
    Ledger(file).add(
        session_row("one", "vm", domain=DOMAIN, secret=secrets.hashed("secret"), description=small, agreed=NOTHING)
    )


def state(file: Path) -> tuple[object, ...]:
    """What is there of the session."""
    ledger = Ledger(file)
    rows = [(row.description, row.agreed, row.trust, row.origin) for row in ledger.all()]
    openers = [ledger.is_opener(row.id, ORIGIN) for row in ledger.all()]
    return rows, openers, [(site.decision, site.granted) for site in ledger.sites()]


@pytest.mark.parametrize("was_known", [False, True])
def test_all_or_nothing(was_known: bool, tmp_path: Path) -> None:
    def fresh(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        if was_known:
            known(folder / "ledger.sqlite")
        return folder / "ledger.sqlite"

    after = ([(MACHINE.without_secret(), WANTED, "published", ORIGIN)], [True], [(Decision.ALWAYS, WANTED)])
    before = state(fresh("before"))
    open_session(fresh("after"))
    assert state(tmp_path / "after" / "ledger.sqlite") == after != before
    found = []
    at = 1
    while not (statements := killed(fresh(str(at)), at)):
        found.append(state(tmp_path / str(at) / "ledger.sqlite"))
        at += 1
    assert statements >= 8 and len(found) == at - 1 == statements
    # All of it is there from the very end on.
    assert found == [before] * (statements - 1) + [after]


def test_another_host_that_wrote_the_session_down_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    open_session(file)
    (row,) = Ledger(file).all()
    open_session(file)
    assert [(again.id, again.vm, again.secret) for again in Ledger(file).all()] == [(row.id, row.vm, row.secret)]
