"""Runs the checks, side by side and within a time limit, and repairs what can be repaired safely."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import NamedTuple

from cvmwebapi.doctor.checks import (
    cache,
    driver,
    group,
    machines,
    network,
    policies,
    ports,
    processor,
    registration,
    rivals,
    room,
    sandboxes,
    settings,
    versions,
    virtualbox,
)
from cvmwebapi.doctor.finding import STATUSES, Finding
from cvmwebapi.doctor.surroundings import Surroundings

CHECKS: tuple[ModuleType, ...] = (
    settings, versions, registration, policies, sandboxes, virtualbox, driver, group, processor,
    rivals, room, network, ports, machines, cache,
)  # fmt: skip
"""In the order in which they are shown."""
PATIENCE = 30.0
"""Seconds for all of them together: the cache may hold many GB."""


class Result(NamedTuple):
    """A finding with the id of its check."""

    check: str
    finding: Finding


def run(around: Surroundings, checks: Iterable[ModuleType] = CHECKS, seconds: float = PATIENCE) -> list[Result]:
    """All findings, in the order of the checks. One that fails or is too slow says so, and hides no other."""
    jobs = [_Job(module, around) for module in checks]
    deadline = time.monotonic() + seconds
    results = []
    for job in jobs:
        job.done.wait(max(0.0, deadline - time.monotonic()))
        results += job.results()
    around.cancelled.set()
    return results


class _Job:
    def __init__(self, module: ModuleType, around: Surroundings) -> None:
        self.done = threading.Event()
        self._check: str = module.ID
        self._look: Callable[[Surroundings], Iterator[Finding]] = module.look
        self._found: list[Finding] = []
        # A daemon: a name server that does not answer must not keep the host from ending.
        threading.Thread(target=self._run, args=(around,), name=f"check {self._check}", daemon=True).start()

    def _run(self, around: Surroundings) -> None:
        try:
            for finding in self._look(around):
                self._found.append(finding)
        except Exception as error:
            self._found.append(Finding("unknown", {"detail": f"{type(error).__name__}: {error}"[:200]}))
        self.done.set()

    def results(self) -> list[Result]:
        """What has been found so far."""
        found = list(self._found)
        if not self.done.is_set():
            found.append(Finding("tooSlow"))
        return [Result(self._check, finding) for finding in found]


def worst(results: Iterable[Result]) -> str:
    """The gravest status; ``ok`` when there is nothing."""
    statuses = {result.finding.status for result in results}
    return next((status for status in STATUSES if status in statuses), "ok")


def look_again(around: Surroundings, identity: str) -> Finding | None:
    """What the check of a finding says of the same thing now; ``None``: nothing is wrong with it any more."""
    check, _, part = identity.partition(":")
    modules = [module for module in CHECKS if check == module.ID]
    found = (result.finding for result in run(around, modules))
    return next((finding for finding in found if finding.part == part and finding.status != "ok"), None)


def repair(around: Surroundings, identity: str) -> bool:
    """Mend what ``identity`` (a finding's ``id``) names; ``False`` when nothing of ours can. Raises ``CVMError``."""
    check, _, part = identity.partition(":")
    module = next((item for item in CHECKS if check == item.ID), None)
    change = getattr(module, "repair", None)
    if change is None:
        return False
    change(around, part)
    return True
