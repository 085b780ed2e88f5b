"""How a person installs VirtualBox without us: shown whenever we can't."""

from __future__ import annotations

import shutil

from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.virtualbox import package_managers

DOWNLOADS = "https://www.virtualbox.org/wiki/Downloads"


def command(around: Surroundings) -> str:
    """What to type here, "" where a person has to download and click."""
    if around.system != "linux":
        return ""
    manager = package_managers.present(lambda name: shutil.which(name, path=around.environment.get("PATH")))
    if manager is None:
        return ""
    found = package_managers.offer(manager, lambda words: _text(around, words))
    return found.typed if found else ""


def _text(around: Surroundings, words: object) -> str:
    answer = around.run(list(words), 5.0)  # type: ignore[call-overload]
    return answer.text if answer.status == 0 else ""
