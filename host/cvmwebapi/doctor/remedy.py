"""A request that failed for what a person can put right: a window says what to do, and it goes on once that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cvmwebapi.asking import ConfirmRemedy, Visitor
from cvmwebapi.doctor.explain import explained
from cvmwebapi.errors import CVMError

T = TypeVar("T")

_SLOW = 5.0
"""Seconds that one look may take."""


def until_remedied(attempt: Callable[[], T], visitor: Visitor, allowed: Callable[[], bool], session: str = "") -> T:
    """What ``attempt`` gives; when it fails for what a person can put right, it is made again as soon as that is done.

    ``allowed()``: whether the administrator and the user's settings let us ask. Raises ``CVMError``: those of
    ``attempt``, with cause and fix, when the user gives up; ``cancelled``.
    """
    while True:
        try:
            with explained(session):
                return attempt()
        except CVMError as error:
            if not allowed() or not _remedied(error, visitor):
                raise


def _remedied(error: CVMError, visitor: Visitor) -> bool:
    from cvmwebapi.doctor import diagnosis

    found = error.diagnosis
    if not found or not diagnosis.waited_for(found["id"], found["advice"]):
        return False
    identity, advice = found["id"], found["advice"]

    def gone() -> bool:
        return not _there(identity, advice)

    visitor.ask(ConfirmRemedy(visitor.domain, visitor.origin, gone, error.to_json()))
    # Also after a no: it may just have come right.
    return gone()


def _there(identity: str, advice: str) -> bool:
    """Whether the doctor still finds it: not so when there is something else in its place."""
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    try:
        around = Surroundings.here()
    except (CVMError, OSError):
        return True
    around.patience = _SLOW / 3
    results = diagnosis.same_check(around, identity, _SLOW)
    # Nothing known is no good news.
    return any(
        result.status == "unknown" or (result.id, result.finding.advice) == (identity, advice) for result in results
    )
