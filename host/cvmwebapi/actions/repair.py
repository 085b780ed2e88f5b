"""Mend one thing that the doctor has found, and look at it again."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import diagnosis
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError


def run(request: Request) -> dict[str, Any]:
    """``{checks}`` of the same kind as afterwards. Raises ``CVMError``: ``badValue``, those of the repair."""
    identity = request.text("id", 256)
    if not diagnosis.repair(Surroundings.here(), identity):
        raise CVMError("badValue", name="id", detail="there is nothing to repair by that name")
    check = identity.partition(":")[0]
    modules = [module for module in diagnosis.CHECKS if check == module.ID]
    return {
        "checks": [result.finding.to_json(result.check) for result in diagnosis.run(Surroundings.here(), modules)]
    }  # fmt: skip
