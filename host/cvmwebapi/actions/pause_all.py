"""Pause every running machine, also those whose page is closed."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.states import State

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import PauseAllResult

_AT_ONCE = 4


def run(request: Request[Mapping[str, object]]) -> PauseAllResult:
    """``{paused: [session], failed: [{session, error}]}``: one that can't be paused hinders no other."""
    overview = request.sessions.overview
    running = [row for row in request.sessions.ledger.all() if overview.state(row) is State.RUNNING]

    def pause(row: SessionRow) -> CVMError | None:
        try:
            session = request.sessions.session(row)
            if not session.looked:
                session.refresh(request.task)
            if session.state is State.RUNNING:
                session.reach(State.PAUSED, request.task)
        except CVMError as error:
            return error
        return None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ended = list(zip(running, pool.map(pause, running), strict=True))
    overview.count()
    return {
        "paused": [row.id for row, error in ended if error is None],
        "failed": [{"session": row.id, "error": error.to_json()} for row, error in ended if error],
    }
