"""The registry: one file a check, which says all about itself in its ``CHECK``; here is their order."""

from __future__ import annotations

from cvmwebapi.doctor.check import Check
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

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK
    for module in (
        settings, versions, registration, policies, sandboxes, virtualbox, driver, group, processor, rivals, room,
        network, ports, machines, cache,
    )
)  # fmt: skip
"""In the order in which they are shown."""


def named(*ids: str) -> list[Check]:
    """Those of these ids, in their order."""
    return [check for check in CHECKS if check.id in ids]


def explaining(error: str) -> list[Check]:
    """Those that may know the cause of the error of that name, the likeliest first."""
    likely = [check for check in CHECKS if error in check.explains]
    return likely + [check for check in CHECKS if error in check.may_explain]
