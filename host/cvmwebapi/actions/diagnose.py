"""Run the doctor's checks, for the extension's windows."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request
from cvmwebapi.doctor import diagnosis
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

_MAX_VERSION = 64


def run(request: Request) -> dict[str, Any]:
    """``{checks: […], status}``; ``extension`` is the version of the add-on. Raises ``CVMError("badValue")``."""
    version = request.params.get("extension", "")
    if not isinstance(version, str) or len(version) > _MAX_VERSION:
        raise CVMError("badValue", name="extension", detail=detail("text", limit=_MAX_VERSION))
    results = diagnosis.run(Surroundings.here(request.task, version))
    return {
        "checks": [result.to_json() for result in results],
        "status": diagnosis.worst(results),
    }
