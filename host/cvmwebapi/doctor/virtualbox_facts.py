"""What VirtualBox's own program tells of itself: asked once a diagnosis, whichever checks want to know."""

from __future__ import annotations

from dataclasses import dataclass

from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import detect


@dataclass(frozen=True)
class Facts:
    """``path`` empty: none was found. ``answer`` is what it prints for ``--version``, ``status`` how it ended."""

    path: str
    status: int | None = 0
    answer: str = ""
    sandboxed: bool = False
    packs: str = ""


def of(around: Surroundings) -> Facts:
    """The same for all checks of a diagnosis."""
    return around.once(_gather)


def _gather(around: Surroundings) -> Facts:
    sandboxed = around.place("/.flatpak-info").exists() or "SNAP" in around.environment
    try:
        path = detect.vboxmanage(around.settings.vboxmanage, around.system, around.environment, around.registry)
    except CVMError:
        return Facts("", sandboxed=sandboxed)
    answer = around.run([str(path), "--version"])
    packs = around.run([str(path), "list", "extpacks"]).text if answer.status == 0 and around.patience >= 1 else ""
    return Facts(str(path), answer.status, answer.text, sandboxed, packs)
