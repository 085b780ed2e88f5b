"""Run the doctor's checks, for the extension's windows."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import diagnosis
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError


def run(request: Request) -> dict[str, Any]:
    """``{checks: […], status}``; ``extension`` is the version of the add-on. Raises ``CVMError("badValue")``."""
    version = request.params.get("extension", "")
    if not isinstance(version, str) or len(version) > 64:
        raise CVMError("badValue", name="extension", detail="it must be a short text")
    results = diagnosis.run(Surroundings.here(version))
    return {
        "checks": [result.to_json() for result in results],
        "status": diagnosis.worst(results),
    }
