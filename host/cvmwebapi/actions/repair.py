"""Repair one thing that the doctor has found, and look at it again."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import diagnosis
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail


def run(request: Request) -> dict[str, Any]:
    """``{checks}`` of the same kind as afterwards. Raises ``CVMError``: ``badValue``, those of the repair."""
    identity = request.text("id", 256)
    if not diagnosis.repair(Surroundings.here(request.task), identity):
        raise CVMError("badValue", name="id", detail=detail("nothingToRepair"))
    found = diagnosis.same_check(Surroundings.here(request.task), identity)
    return {"checks": [result.to_json() for result in found]}
