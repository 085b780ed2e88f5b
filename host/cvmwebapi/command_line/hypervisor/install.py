"""``cernvm-webapi hypervisor install``: the same as the extension's window does, from a terminal."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phase import Phase
from cvmwebapi.texts.phrase import detail


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("install", help="install VirtualBox, if it is missing, damaged or too old")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.config import settings
    from cvmwebapi.hypervisor import detect
    from cvmwebapi.hypervisor.vboxmanage import VBoxManage
    from cvmwebapi.provision import providing
    from cvmwebapi.provision.providing import Asker

    held = settings.load()

    def find() -> VBoxManage:
        return VBoxManage(lambda: detect.vboxmanage(held.vboxmanage))

    def ask(_question: str, details: dict[str, Any], _moot: object) -> bool:
        print(_shown(details))
        if details["way"] == "manual":
            raise CVMError("installerNone", detail=detail("noWay"))
        if options.yes:
            return True
        print("Install it now? [y/N] ", end="", flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def report(phase: Phase, share: float) -> None:
        print(f"{share:4.0%} {phase}", file=sys.stderr)

    providing.ensure(find, held, Asker("", "", ask, report, lambda: False))
    print(f"VirtualBox {find().version} is installed.")
    return 0


def _shown(details: dict[str, Any]) -> str:
    if details["way"] == "package":
        return f"The package {details['package']} ({details['newVersion']}) will be installed: {details['manual']}"
    if details["way"] == "download":
        return f"VirtualBox {details['newVersion']} ({details['size']} MB) will be fetched from {details['host']}."
    fault = details.get("fault", {}).get("message", "")
    return f"{fault} Install VirtualBox by hand: {details['manual']}".strip()
