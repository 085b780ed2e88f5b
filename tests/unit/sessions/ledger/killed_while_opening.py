"""Opens a session, and is killed right after statement number N of the ledger: `LEDGER N`. Says how many there were."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cvmwebapi.config.settings import Settings
from cvmwebapi.sessions.admission.consent import Yes
from cvmwebapi.sessions.ledger.file import LedgerFile
from cvmwebapi.sessions.ledger.resources import wanted_by
from cvmwebapi.sessions.ledger.rows import Decision, SiteDecision
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.vmcp import keys
from cvmwebapi.vmcp.client import VerifiedMachine
from cvmwebapi.vmcp.description import SignedDescription
from cvmwebapi.vmcp.keystore import Trust

DOMAIN, ORIGIN = "a.example", "https://a.example"
MACHINE = SignedDescription("vm", cpus=4, memory=4096, secret="secret")
_execute = LedgerFile.execute


def open_session(file: Path, key: keys.PublicKey | None = None) -> None:
    """As `opening.open_session` does after the user's answer, which is "always"."""
    sessions = Sessions(Ledger(file), Settings(), lambda *_: None)
    amounts = wanted_by(MACHINE)
    trust = Trust(DOMAIN, key, "", kind="published")  # type: ignore[arg-type]
    decision = SiteDecision(DOMAIN, Decision.ALWAYS, 1.0, "published", amounts, amounts)
    known = sessions.ledger.find(DOMAIN, "vm")
    yes = Yes(amounts, amounts, "published")
    sessions.write_down(DOMAIN, ORIGIN, VerifiedMachine(MACHINE, trust), yes, known, decision)


def main() -> None:
    left = int(sys.argv[2])

    def mortal(self: LedgerFile, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        nonlocal left
        rows = _execute(self, sql, values)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return rows

    LedgerFile.execute = mortal  # type: ignore[method-assign]
    open_session(Path(sys.argv[1]))
    print(int(sys.argv[2]) - left)


if __name__ == "__main__":
    main()
