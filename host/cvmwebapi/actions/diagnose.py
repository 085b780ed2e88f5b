"""Run the doctor's checks, for the extension's windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import diagnosis
from cvmwebapi.doctor.surroundings import Surroundings

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import DiagnoseParams, DiagnoseResult


def run(request: Request[DiagnoseParams]) -> DiagnoseResult:
    """``{checks: […], status}``; ``extension`` is the version of the add-on."""
    results = diagnosis.run(Surroundings.here(request.task, request.params.get("extension", "")))
    return {
        "checks": [result.to_json() for result in results],
        "status": diagnosis.worst(results),
    }
