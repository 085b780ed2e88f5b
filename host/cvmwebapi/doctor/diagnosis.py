"""Runs the checks, side by side and within a time limit, and repairs what can be repaired safely."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from cvmwebapi.doctor.check import STATUSES, Check, Result
from cvmwebapi.doctor.checks import CHECKS, named
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.latch import Latch

PATIENCE = 30.0
"""Seconds for all of them together: the cache may hold many GB."""


def run(around: Surroundings, checks: Iterable[Check] = CHECKS, seconds: float = PATIENCE) -> list[Result]:
    """All findings, in the order of the checks. One that fails or is too slow says so, and hides no other.

    What one check has gathered is not gathered again for another. Raises as ``around.task.check``, and no check goes on
    after the end."""
    with around.task.child() as task:
        around = replace(around, task=task)
        jobs = [_Job(check, around) for check in checks]
        deadline = time.monotonic() + seconds
        results = []
        for job in jobs:
            task.wait(max(0.0, deadline - time.monotonic()), until=job.done)
            results += job.results()
        return results


class _Job:
    def __init__(self, check: Check, around: Surroundings) -> None:
        self.done = Latch()
        self._check = check
        self._found: list[Finding] = []
        # A daemon: a name server that does not answer must not keep the host from ending.
        threading.Thread(target=self._run, args=(around,), name=f"check {check.id}", daemon=True).start()

    def _run(self, around: Surroundings) -> None:
        try:
            for finding in self._check.look(around):
                self._found.append(finding)
        except Exception as error:
            self._found.append(Finding("unknown", {"detail": f"{type(error).__name__}: {error}"[:200]}))
        self.done.set()

    def results(self) -> list[Result]:
        """What has been found so far."""
        found = list(self._found)
        if not self.done.is_set:
            found.append(Finding("tooSlow"))
        return [Result(self._check, finding) for finding in found]


def worst(results: Iterable[Result]) -> str:
    """The gravest status; ``ok`` when there is nothing."""
    statuses = {result.status for result in results}
    return next((status for status in STATUSES if status in statuses), "ok")


def same_check(around: Surroundings, identity: str, seconds: float = PATIENCE) -> list[Result]:
    """What the check that had the finding of that id finds now."""
    return run(around, named(_check(identity)), seconds)


def look_again(around: Surroundings, identity: str) -> Result | None:
    """What the check of a finding says of the same thing now; ``None``: nothing is wrong with it any more."""
    results = same_check(around, identity)
    return next((result for result in results if result.id == identity and result.status != "ok"), None)


def waited_for(identity: str, advice: str) -> bool:
    """Whether a person can put that right while a page waits."""
    return any(check.about(advice).waited_for for check in named(_check(identity)))


def repair(around: Surroundings, identity: str) -> bool:
    """Repair what ``identity`` (a finding's ``id``) names; ``False`` when nothing of ours can. Raises ``CVMError``."""
    for check in named(_check(identity)):
        if check.repair is not None:
            check.repair(around, identity.partition(":")[2])
            return True
    return False


def _check(identity: str) -> str:
    return identity.partition(":")[0]
