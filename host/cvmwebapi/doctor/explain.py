"""A request that failed: which checks fit its error, and what they find, said along with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from cvmwebapi.errors import CVMError

SECONDS = 1.0
"""The page waits for its answer."""


@contextlib.contextmanager
def explained(session: str = "") -> Iterator[None]:
    """Around the work of an action: a ``CVMError`` that leaves it carries cause and fix, where a check knows them."""
    try:
        yield
    except CVMError as error:
        explain(error, session=session)
        raise


def explain(error: CVMError, seconds: float = SECONDS, session: str = "") -> CVMError:
    """Add to ``error`` what the fitting checks find within ``seconds``; unchanged when that is nothing.

    What is wrong with the machine of ``session`` itself comes first; troubles of others' machines explain nothing."""
    if error.diagnosis is not None:
        return error
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.checks import explaining
    from cvmwebapi.doctor.surroundings import Surroundings

    wanted = explaining(error.name)
    if not wanted:
        return error
    try:
        around = Surroundings.here()
        around.patience = seconds / 3
    except (CVMError, OSError):
        # Not even our own folders can be had: the error must speak for itself.
        return error
    results = diagnosis.run(around, wanted, seconds)
    results = [result for result in results if not result.check.about_sessions or result.finding.part in ("", session)]
    results.sort(key=lambda result: not result.check.about_sessions)
    troubles = [result for result in results if result.status == "problem"]
    if not troubles:
        # What would only be a hint elsewhere is the likely cause once something has failed.
        troubles = [result for result in results if result.status == "warning"]
    if troubles:
        error.explain(troubles[0].to_json())
    return error
