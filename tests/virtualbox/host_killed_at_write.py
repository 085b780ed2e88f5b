"""The host, but a file given as first argument can say "N": it is killed right after its N-th write to the ledger."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cvmwebapi.sessions.ledger.file import LedgerFile

_plan = Path(sys.argv.pop(1))
_execute = LedgerFile.execute


def _mortal(self: LedgerFile, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
    rows = _execute(self, sql, values)
    if not sql.startswith(("SELECT", "PRAGMA")) and _plan.exists():
        left = int(_plan.read_text().split()[0]) - 1
        if left == 0:
            _plan.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        _plan.write_text(str(left))
    return rows


LedgerFile.execute = _mortal  # type: ignore[method-assign]

if __name__ == "__main__":
    from cvmwebapi.main import main

    main()
