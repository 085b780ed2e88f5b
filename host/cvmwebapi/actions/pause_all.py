"""Pause every running machine, also those whose page is closed."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.states import ALIVE, State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import FailedSession, PauseAllResult

_AT_ONCE = 4


def run(request: Request[Mapping[str, object]]) -> PauseAllResult:
    """``{paused: [session], failed: [{session, error}]}``: one that can't be paused hinders no other."""
    overview = request.sessions.overview
    # Those whose process lives: that one is paused is the log's word alone until VirtualBox is asked.
    alive = [row for row in request.sessions.ledger.all() if overview.state(row) in ALIVE]
    paused: list[str] = []
    failed: list[FailedSession] = []

    def pause(row: SessionRow) -> None:
        try:
            session = request.sessions.session(row)
            if not session.looked:
                session.refresh(request.task)
            if session.state is State.RUNNING:
                session.reach(State.PAUSED, request.task)
                paused.append(row.id)
        except CVMError as error:
            failed.append({"session": row.id, "error": error.to_json()})

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(pause, alive))
    overview.count()
    return {"paused": paused, "failed": failed}
