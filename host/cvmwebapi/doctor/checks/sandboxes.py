"""Browsers from Snap and Flatpak: what stands between them and this program."""

from __future__ import annotations

from collections.abc import Iterator

from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.installation import browsers, sandboxes
from cvmwebapi.installation.browsers import Computer
from cvmwebapi.installation.sandboxes import Sandboxed


def look(around: Surroundings) -> Iterator[Finding]:
    """Linux only. What a portal was told once, it does not ask again: so that is looked up."""
    computer = Computer(around.system, around.home, around.root)
    proxy = sandboxes.has_proxy(computer)
    for app in sandboxes.found(computer):
        told = ""
        if app.kind == "snap" and app.folder is None:
            answer = around.run(["flatpak", "permission-show", f"snap.{app.app}"])
            told = answer.text if answer.status == 0 else ""
        yield judge(app, proxy, told)


def judge(app: Sandboxed, proxy: bool, told: str) -> Finding:
    """``told`` is the table of permissions that the portal keeps. Pure but for names."""
    params: Params = {"browser": app.title, "app": app.app}
    host = browsers.host_name()
    if app.kind == "flatpak":
        if proxy:
            return Finding("sandboxServed", params, part=app.browser)
        grant = f"flatpak override --user --talk-name=org.freedesktop.Flatpak {app.app}"
        return Finding(
            "flatpakShut", params, command=f"cernvm-webapi install --open-flatpaks; {grant}", part=app.browser
        )
    if app.folder is not None:
        return Finding("snapShut", params, part=app.browser)
    for line in told.splitlines():
        words = line.split()
        if host in words and "no" in words:
            command = f"flatpak permission-set webextensions {host} snap.{app.app} yes"
            return Finding("portalRefused", params, command=command, part=app.browser)
    return Finding("snapAsks", params, part=app.browser)


CHECK = Check(
    __name__,
    look=look,
    advice={
        "sandboxServed": Advice("ok"),
        "flatpakShut": Advice("problem"),
        "snapShut": Advice("warning"),
        "snapAsks": Advice("ok"),
        "portalRefused": Advice("problem"),
    },
)
