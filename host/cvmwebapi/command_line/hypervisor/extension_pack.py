"""``cernvm-webapi hypervisor extension-pack``: for RDP, which VirtualBox has in itself since 7.2.6."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

if TYPE_CHECKING:
    from cvmwebapi.provision.extension_pack import Licence


def add_to(commands: Any) -> None:
    """Add the sub-command. There is no option that accepts the licence: a person has to."""
    parser = commands.add_parser("extension-pack", help="install VirtualBox's extension pack, whose licence you accept")
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace) -> int:
    from cvmwebapi.command_line import progress
    from cvmwebapi.config import settings
    from cvmwebapi.hypervisor import detect
    from cvmwebapi.hypervisor.vboxmanage import VBoxManage
    from cvmwebapi.hypervisor.versions import RDP_BUILT_IN
    from cvmwebapi.provision import extension_pack
    from cvmwebapi.tasks import Task

    held = settings.load()
    if not held.hypervisor_installation:
        raise CVMError("installationForbidden")
    version = VBoxManage(lambda: detect.vboxmanage(held.vboxmanage)).version
    if version is None:
        raise CVMError("hypervisorBroken", detail=detail("noVersion"))
    if version >= RDP_BUILT_IN:
        print(f"VirtualBox {version} shows screens by RDP without the extension pack.")
    task = Task(progress.tell)
    pack = extension_pack.find(held, version, task)
    extension_pack.install(pack, held, _accepts, task)
    print(f"The extension pack of VirtualBox {version} is installed.")
    return 0


def _accepts(licence: Licence) -> bool:
    print(licence.text)
    print('These are the terms of its publisher. Type "accept" to accept them: ', end="", flush=True)
    return sys.stdin.readline().strip().lower() == "accept"
