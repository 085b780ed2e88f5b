"""Do extension and program fit each other?"""

from __future__ import annotations

from collections.abc import Iterator

from cvmwebapi import __version__
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings


def look(around: Surroundings) -> Iterator[Finding]:
    """Only the extension can tell its own version: on the command line it is not known."""
    yield judge(__version__, around.extension)


def judge(host: str, extension: str) -> Finding:
    """Same generation: fine. Pure."""
    if not extension:
        return Finding("hostVersion", {"host": host})
    params: Params = {"host": host, "extension": extension}
    ours, theirs = _numbers(host), _numbers(extension)
    if ours[:1] == theirs[:1]:
        return Finding("versionsFit", params)
    return Finding("hostOld" if ours < theirs else "extensionOld", params)


def _numbers(version: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in version.split(".")]


CHECK = Check(
    __name__,
    look=look,
    advice={
        "hostVersion": Advice("ok"),
        "versionsFit": Advice("ok"),
        "hostOld": Advice("problem"),
        "extensionOld": Advice("problem"),
    },
)
