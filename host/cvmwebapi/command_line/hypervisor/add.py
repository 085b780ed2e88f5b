"""``cernvm-webapi hypervisor add``: put one installer into the list."""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvmwebapi.command_line import inputs
from cvmwebapi.command_line.keystore import store

if TYPE_CHECKING:
    from cvmwebapi.provision.installers import Installer


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("add", help="add an installer to the list, under a new serial number")
    parser.add_argument("folder", type=Path, help="folder of the list (that of the keystore), made if it is missing")
    parser.add_argument("file", type=Path, help="the installer itself: its size and SHA-256 are taken from it")
    parser.add_argument("--url", required=True, help="address from which users get it (https)")
    parser.add_argument("--version", required=True, help="version of VirtualBox, such as 7.2.4")
    parser.add_argument("--system", required=True, choices=("linux", "macos", "windows", "any"))
    parser.add_argument("--machine", default="x86_64", help="x86_64 (default) or arm64")
    parser.add_argument("--kind", help="deb, rpm, run, dmg, pkg, exe or extpack; default: the file's extension")
    parser.add_argument("--distribution", default="", help="ID of /etc/os-release; default: any")
    parser.add_argument("--release", default="", help="VERSION_ID of /etc/os-release; default: any")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.provision import installers, signed_list
    from cvmwebapi.provision.installers import BadList, Installer, InstallerList

    sha256, size = _measured(options.file)
    place = options.folder / signed_list.LIST
    try:
        before = installers.parse(inputs.read_file(place)) if place.exists() else InstallerList(0, ())
        new = installers.checked(
            Installer(
                system=options.system,
                # Packs hold what is needed for every system.
                machine="" if options.system == "any" else options.machine,
                kind=options.kind or options.file.suffix.lstrip(".").replace("vbox-extpack", installers.PACK),
                version=options.version,
                url=options.url,
                sha256=sha256,
                size=size,
                distribution=options.distribution,
                release=options.release,
            )
        )
    except BadList as error:
        raise inputs.unusable(options.file, str(error)) from error
    kept = [item for item in before.installers if _for_whom(item) != _for_whom(new)]
    # The time, so that a list that is made anew goes on above the numbers that hosts have seen.
    serial = max(before.serial + 1, int(time.time()))
    store.replace(place, InstallerList(serial, (*kept, new)).to_json())
    print(f"{place} has changed. Now sign it: cernvm-webapi hypervisor sign {options.folder} --key ROOT_KEY")
    return 0


def _for_whom(item: Installer) -> tuple[str, ...]:
    # A pack is for one version of VirtualBox alone.
    version = item.version if item.system == "any" else ""
    return (item.system, item.machine, item.distribution, item.release, item.kind, version)


def _measured(file: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        with file.open("rb") as content:
            while chunk := content.read(1024 * 1024):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise inputs.unusable(file, error.strerror or "it can't be read") from error
    return digest.hexdigest(), size
