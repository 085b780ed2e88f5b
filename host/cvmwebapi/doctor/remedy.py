"""A request that failed for what a person can put right: a window says what to do, and it goes on once that is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cvmwebapi.doctor.explain import explained
from cvmwebapi.errors import CVMError

T = TypeVar("T")

_LOOK_EVERY = 2.0
"""Seconds between looks while the user may be at it."""
_SLOW = 5.0
"""Seconds that one look may take."""


@dataclass(frozen=True)
class User:
    """Who is asked, for which website; ``allowed()``: whether the administrator and the user's settings let us."""

    domain: str
    origin: str
    ask: Callable[..., Any]
    cancelled: Callable[[], bool]
    allowed: Callable[[], bool]


def until_remedied(attempt: Callable[[], T], user: User, session: str = "") -> T:
    """What ``attempt`` gives; when it fails for what a person can put right, it is made again as soon as that is done.

    Raises ``CVMError``: those of ``attempt``, with cause and fix, when the user gives up; ``cancelled``.
    """
    while True:
        try:
            with explained(session):
                return attempt()
        except CVMError as error:
            if not user.allowed() or not _remedied(error, user):
                raise


def _remedied(error: CVMError, user: User) -> bool:
    from cvmwebapi.doctor import diagnosis

    found = error.diagnosis
    if not found or not diagnosis.waited_for(found["id"], found["advice"]):
        return False
    watch = _Watch(found["id"], found["advice"])
    details = {"domain": user.domain, "origin": user.origin, "error": error.to_json()}
    user.ask("confirmRemedy", details, watch.gone)
    if user.cancelled():
        raise CVMError("cancelled")
    # Also after a no: it may just have come right.
    return watch.gone(now=True)


class _Watch:
    def __init__(self, identity: str, advice: str) -> None:
        self._identity = identity
        self._advice = advice
        self._looked = time.monotonic()
        self._gone = False

    def gone(self, now: bool = False) -> bool:
        """Whether the doctor finds it no more, or something else in its place; looks now and then unless ``now``."""
        if not self._gone and (now or time.monotonic() - self._looked >= _LOOK_EVERY):
            self._gone = not self._there()
            self._looked = time.monotonic()
        return self._gone

    def _there(self) -> bool:
        from cvmwebapi.doctor import diagnosis
        from cvmwebapi.doctor.surroundings import Surroundings

        try:
            around = Surroundings.here()
        except (CVMError, OSError):
            return True
        around.patience = _SLOW / 3
        results = diagnosis.same_check(around, self._identity, _SLOW)
        # Nothing known is no good news.
        return any(
            result.status == "unknown" or (result.id, result.finding.advice) == (self._identity, self._advice)
            for result in results
        )
