"""The ledger's file, with real SQLite."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cvmwebapi.sessions.ledger import Ledger

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
