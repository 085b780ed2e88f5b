"""What windows ask of all machines: a ledger with rows, no VirtualBox needed to list them."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.sessions.ledger import schema

from tests.conftest import HOST
from tests.lab.machines import add_rows
from tests.stdio.client import HostClient, HostError

WINDOW = {"kind": "extension"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return {**kept, "HOME": str(tmp_path), "PATH": str(tmp_path)}


def sessions(host: HostClient) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = host.call("listSessions", WINDOW)["sessions"]
    return listed


def test_fifty_machines_are_listed_in_less_than_a_second(environment: dict[str, str], tmp_path: Path) -> None:
    with HostClient(environment, HOST) as host:
        assert sessions(host) == []
        add_rows(tmp_path, 50)
        before = time.monotonic()
        listed = sessions(host)
        assert time.monotonic() - before < 5
        assert len(listed) == 50
        expected = {"session", "domain", "origin", "name", "state", "cpus", "memory", "disk", "diskUsed", "cpuUse",
                    "memoryUse", "since", "problem", "trust"}  # fmt: skip
        assert set(listed[0]) == expected
        assert listed[7]["domain"] == "site7.example.org" and listed[7]["state"] == 0


def test_pages_may_not_see_or_control_the_machines(environment: dict[str, str], tmp_path: Path) -> None:
    with HostClient(environment, HOST) as host:
        sessions(host)
        (number,) = add_rows(tmp_path, 1)
        for action in ("listSessions", "controlSession", "pauseAll"):
            with pytest.raises(HostError, match="notAllowed"):
                host.call(action, session=number, verb="close")
        assert len(sessions(host)) == 1


def test_bad_verbs_and_strange_sessions_change_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    with HostClient(environment, HOST) as host:
        sessions(host)
        (number,) = add_rows(tmp_path, 1)
        with pytest.raises(HostError, match="badValue"):
            host.call("controlSession", WINDOW, session=number, verb="--help")
        with pytest.raises(HostError, match="sessionNotFound"):
            host.call("controlSession", WINDOW, session="x", verb="stop")
        assert len(sessions(host)) == 1


def damage(ledger: sqlite3.Connection) -> None:
    ledger.execute("UPDATE session SET description = '{' WHERE id LIKE '%1'")


def renew(ledger: sqlite3.Connection) -> None:
    ledger.execute(f"PRAGMA user_version = {schema.VERSION + 1}")


@pytest.mark.parametrize(
    ("change", "name", "words", "fix"),
    [(damage, "ledgerBroken", "is damaged", "doctor --fix"), (renew, "ledgerNewer", "newer version", "--version")],
)
def test_a_ledger_that_cannot_be_used_is_told_everywhere(
    change: Callable[[sqlite3.Connection], None],
    name: str,
    words: str,
    fix: str,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    add_rows(tmp_path, 3)
    file = tmp_path / ".local/share/cernvm-webapi/ledger.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as ledger, ledger:
        change(ledger)
    before = file.read_bytes()

    def command(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HOST, *words], env=environment, input=typed, capture_output=True, text=True, check=False
        )  # fmt: skip

    for action in ("listSessions", "listSites", "pauseAll"):
        with HostClient(environment, HOST) as host, pytest.raises(HostError) as caught:
            host.call(action, WINDOW)
        assert caught.value.name == name and words in str(caught.value)
        assert fix in caught.value.fix
    for line in (["list"], ["remove", "all"], ["uninstall", "--remove-data"]):
        done = command(*line)
        assert done.returncode == 1 and words in done.stderr and fix in done.stderr, line
    rows = json.loads(command("doctor", "machines", "--json").stdout)["checks"]
    assert [(row["advice"], row["repair"]) for row in rows] == [(name, name == "ledgerBroken")]
    command("doctor", "machines", "--fix", typed="y\ny\n")
    left = [line.split("\t")[1] for line in command("list").stdout.splitlines()]
    if name == "ledgerNewer":
        assert left == [] and file.read_bytes() == before
        return
    assert left == ["machine 0", "machine 2"]
    (aside,) = (
        part for part in file.parent.glob("ledger.sqlite.damaged-*") if part.suffix[-4:] not in ("-wal", "-shm")
    )
    with contextlib.closing(sqlite3.connect(aside)) as ledger:
        assert ledger.execute("SELECT count(*) FROM session").fetchone() == (3,)


def test_pausing_all_where_none_runs_pauses_none(environment: dict[str, str], tmp_path: Path) -> None:
    with HostClient(environment, HOST) as host:
        sessions(host)
        add_rows(tmp_path, 3)
        assert host.call("pauseAll", WINDOW) == {"paused": [], "failed": []}


def test_log_and_settings_tell_the_state_of_machines_that_nobody_has_opened(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with HostClient(environment, HOST) as host:
        sessions(host)
        (number,) = add_rows(tmp_path, 1)
        data = tmp_path / ".local/share/cernvm-webapi"
        with sqlite3.connect(data / "ledger.sqlite") as ledger:
            ledger.execute("UPDATE session SET stage = 'made'")
        log = data / "machines" / number / "CernVM machine 0 (site0.example.org)" / "Logs" / "VBox.log"
        log.parent.mkdir(parents=True)
        # A number that no process has: what says "running" there has died.
        head = "00:00:00.01 Process ID: 999999999\n00:00:00.02 Console: Machine state changed to"
        log.write_text(f"{head} 'Running'\n")
        assert sessions(host)[0]["state"] == 2
        log.write_text(f"{head} 'Saved'\n")
        assert sessions(host)[0]["state"] == 2, "that it was saved is for its settings to tell"
        settings = log.parents[1] / "CernVM machine 0 (site0.example.org).vbox"
        settings.write_text('<VirtualBox><Machine uuid="{}" stateFile="Snapshots/x.sav" name="x"/></VirtualBox>')
        assert sessions(host)[0]["state"] == 3
