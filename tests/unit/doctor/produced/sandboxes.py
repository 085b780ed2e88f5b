"""What the check sandboxes has to say, made on purpose."""

from __future__ import annotations

from cvmwebapi.installation.sandboxes import PROXIES

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces

_HOST = "ch.cern.cernvm.webapi"


@produces("flatpakShut")
def _(computer: Computer) -> None:
    (computer.home / ".var/app/org.chromium.Chromium").mkdir(parents=True)


@produces("snapShut")
def _(computer: Computer) -> None:
    (computer.home / "snap/chromium").mkdir(parents=True)


@produces("portalRefused")
def _recorded_portal(computer: Computer) -> None:
    (computer.home / "snap/firefox").mkdir(parents=True)
    answer = (
        f"Table        Object                App           Permissions Data\nwebextensions {_HOST} snap.firefox no 0x00"
    )
    program = computer.program("flatpak", f"echo '{answer}'")
    run = computer.around.run
    computer.around.run = lambda command, *rest: run([str(program), *command[1:]], *rest)


@produces("sandboxServed")
def _(computer: Computer) -> None:
    (computer.home / ".var/app/org.chromium.Chromium").mkdir(parents=True)
    computer.file(str(PROXIES[0]))


@produces("snapAsks")
def _(computer: Computer) -> None:
    (computer.home / "snap/firefox").mkdir(parents=True)
