"""The program's own settings, the administrator's policy, and the folders that it writes to."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.system import paths


def look(around: Surroundings) -> Iterator[Finding]:
    """Broken files shut everything down on purpose, so that is said first."""
    if around.fault is not None:
        params = around.fault.params
        yield Finding(around.fault.name, {"file": params.get("file", ""), "detail": params.get("detail", "")})
    for folder in (around.data, around.cache):
        if not os.access(folder, os.W_OK | os.X_OK):
            yield Finding("folderUnwritable", {"folder": str(folder)}, part=folder.name)
    if around.fault is None:
        yield Finding("settingsFine", {"file": str(paths.settings_file())})


CHECK = Check(
    __name__,
    look=look,
    advice={
        "settingsFine": Advice("ok"),
        "settingsBroken": Advice("problem"),
        "policyBroken": Advice("problem"),
        "folderUnwritable": Advice("problem"),
    },
)
