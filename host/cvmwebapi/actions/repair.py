"""Repair one thing that the doctor has found, and look at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import diagnosis
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import RepairParams, RepairResult


def run(request: Request[RepairParams]) -> RepairResult:
    """``{checks}`` of the same kind as afterwards. Raises ``CVMError``: ``badValue``, those of the repair."""
    identity = request.params["id"]
    if not diagnosis.repair(Surroundings.here(request.task), identity):
        raise CVMError("badValue", name="id", detail=detail("nothingToRepair"))
    found = diagnosis.same_check(Surroundings.here(request.task), identity)
    return {"checks": [result.to_json() for result in found]}
