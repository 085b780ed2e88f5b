"""Browsers from Snap and Flatpak: they run in a sandbox, and look or start programs elsewhere. Linux only."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from cvmwebapi.installation.browsers import Computer, host_name, manifest, table

PROXIES = ("/usr/libexec/xdg-native-messaging-proxy", "/usr/lib/xdg-native-messaging-proxy")
"""A service of the desktop that starts hosts for sandboxed browsers, from the ordinary places."""


@dataclass(frozen=True)
class Sandboxed:
    """A browser in a sandbox: ``kind`` is snap or flatpak, ``folder`` where it would look for manifests itself."""

    browser: str
    kind: str
    app: str
    folder: Path | None

    @property
    def title(self) -> str:
        """For people."""
        return f"{table()[self.browser]['title']} ({self.kind.capitalize()})"


def found(computer: Computer) -> list[Sandboxed]:
    """Those of this user, by the folder that each app has in HOME."""
    if computer.system != "linux":
        return []
    present = []
    for name, row in table().items():
        for kind, base in bases(computer).items():
            app = row.get(kind)
            if app and (base / app["id"]).is_dir():
                folder = base / app["id"] / app["folder"] if "folder" in app else None
                present.append(Sandboxed(name, kind, app["id"], folder))
    return present


def bases(computer: Computer) -> dict[str, Path]:
    """Where each kind keeps a folder for each of its apps."""
    return {"snap": computer.home / "snap", "flatpak": computer.home / ".var" / "app"}


def has_proxy(computer: Computer) -> bool:
    """Whether the desktop starts hosts for sandboxed browsers."""
    return any(os.path.lexists(computer.path(place)) for place in PROXIES)


def files(app: Sandboxed, launcher: str) -> list[tuple[Path, bytes, int]]:
    """What a browser needs in its own folder: place, content, mode. Nothing for one that is served from outside."""
    if app.folder is None:
        return []
    family = table()[app.browser]["family"]
    if app.kind == "snap":
        return [(app.folder / f"{host_name()}.json", manifest(family, launcher), 0o600)]
    starter = app.folder / f"{host_name()}.sh"
    start = f'exec flatpak-spawn --host {shlex.quote(launcher)} "$@"'
    script = f"#!/bin/sh\n# Leaves the sandbox: VirtualBox is outside.\n{start}\n"
    return [
        (starter, script.encode(), 0o700),
        (app.folder / f"{host_name()}.json", manifest(family, str(starter)), 0o600),
    ]


def advice(app: Sandboxed, proxy: bool, opened: bool) -> str:
    """What the user has to do, with the exact commands. ``opened``: the files of a Flatpak browser were written."""
    if app.kind == "snap" and app.folder is None:
        return (
            f"{app.title}: the browser asks once whether the extension may start this program. If you said no:\n"
            f"    flatpak permission-set webextensions {host_name()} snap.{app.app} yes"
        )
    if app.kind == "snap":
        return (
            f"{app.title}: registered, but Snap keeps its programs away from VirtualBox and from hidden folders. "
            "If the extension does not find this program, use a browser that is no Snap, for example:\n"
            f"    sudo snap install firefox    (or: sudo snap remove {app.app}, and {app.app} from your distribution)"
        )
    if proxy:
        return f"{app.title}: served by xdg-native-messaging-proxy; nothing to do."
    if opened:
        return (
            f"{app.title}: registered. Allow it to start programs outside of its sandbox (which weakens the sandbox):\n"
            f"    flatpak override --user --talk-name=org.freedesktop.Flatpak {app.app}"
        )
    return (
        f"{app.title}: its sandbox keeps it from starting programs. Install xdg-native-messaging-proxy, or:\n"
        "    cernvm-webapi install --open-flatpaks\n"
        f"    flatpak override --user --talk-name=org.freedesktop.Flatpak {app.app}"
    )
