"""``cernvm-webapi hypervisor install``: the same as the extension's window does, from a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

if TYPE_CHECKING:
    from cvmwebapi.asking import Answer, Question
    from cvmwebapi.tasks import Task


def add_to(commands: Any) -> None:
    """Add the sub-command."""
    parser = commands.add_parser("install", help="install VirtualBox, if it is missing, damaged or too old")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from cvmwebapi.asking import Visitor
    from cvmwebapi.command_line import progress
    from cvmwebapi.config import settings
    from cvmwebapi.hypervisor import detect
    from cvmwebapi.hypervisor.vboxmanage import VBoxManage
    from cvmwebapi.provision import providing
    from cvmwebapi.tasks import Task

    held = settings.load()

    def find() -> VBoxManage:
        return VBoxManage(lambda: detect.vboxmanage(held.vboxmanage))

    providing.ensure(find, held, Visitor("", "", Task(progress.tell), _Terminal(options.yes)))
    print(f"VirtualBox {find().version} is installed.")
    return 0


class _Terminal:
    """The person who typed the command; ``yes``: who does not want to be asked."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def ask(self, question: Question, task: Task) -> Answer:
        """Raises ``CVMError("installerNone")`` where only a person can do it."""
        from cvmwebapi.asking import Answer

        details = question.details()
        print(_shown(details))
        if details["way"] == "manual":
            raise CVMError("installerNone", detail=detail("noWay"))
        if self._yes:
            return Answer(True)
        print("Install it now? [y/N] ", end="", flush=True)
        return Answer(sys.stdin.readline().strip().lower() in ("y", "yes"))


def _shown(details: Mapping[str, Any]) -> str:
    if details["way"] == "package":
        return f"The package {details['package']} ({details['newVersion']}) will be installed: {details['manual']}"
    if details["way"] == "download":
        return f"VirtualBox {details['newVersion']} ({details['size']} MB) will be fetched from {details['host']}."
    fault = details.get("fault", {}).get("message", "")
    return f"{fault} Install VirtualBox by hand: {details['manual']}".strip()
