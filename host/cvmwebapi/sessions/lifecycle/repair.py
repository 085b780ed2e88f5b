"""What killed hosts have left half done is put right by the next host, whether or not its page comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import HALF_DONE
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.lifecycle import screen, turn
from cvmwebapi.sessions.lifecycle.work import Work
from cvmwebapi.tasks import Task


def in_background(ledger: Ledger, work: Callable[[str], Work]) -> None:
    """Begin to put right what the ledger knows to be half done. Costs one look into the ledger when all is well."""
    half = [row.id for row in ledger.all() if row.stage in HALF_DONE]
    for picture in screen.leftovers():
        threading.Thread(target=screen.remove_leftover, args=(picture,), name="picture", daemon=True).start()
    if half:
        threading.Thread(target=_repair, args=(half, work), name="repair", daemon=True).start()


def _repair(sessions: list[str], work: Callable[[str], Work]) -> None:
    task = Task()
    for session in sessions:
        try:
            # A living host that is at work on it has its turn.
            with turn.taken(session, task, seconds=0):
                its = work(session)
                if its.half_done():
                    its.repair(task)
        except (TimeoutError, CVMError):
            # Whoever opens the session tries again, and hears why it fails.
            continue
