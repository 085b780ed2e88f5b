"""`python -m tests.rig COMMAND`: make the rig, use it from a shell, or delete all that is cached."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rig import cache, root, virtualbox
from tests.rig.home import VBoxHome


def main() -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.rig", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("ensure", help="make everything: VirtualBox and the guest")
    commands.add_parser("virtualbox", help="make VirtualBox available; prints the path of VBoxManage")
    commands.add_parser("guest", help="build the guest; prints the path of its ISO")
    shell_env = commands.add_parser("shell-env", help="print shell lines that make FOLDER the home of this shell")
    shell_env.add_argument("folder", type=Path)
    commands.add_parser("clean", help="delete the cache folder")
    arguments = parser.parse_args()
    try:
        for made in _made(arguments.command):
            print(made)
        if arguments.command == "shell-env":
            print(_shell_lines(VBoxHome(arguments.folder)))
        if arguments.command == "clean":
            root.remove_tree(cache.root())
    except (cache.RigError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _made(command: str) -> list[Path]:
    """What the command asks for. One waits for the network while the other compiles, so they are made side by side."""
    builders: list[Callable[[], Path]] = []
    if command in ("ensure", "virtualbox"):
        builders.append(lambda: virtualbox.ensure().vboxmanage)
    if command in ("ensure", "guest"):
        from tests.rig.guest.build import ensure_iso

        builders.append(ensure_iso)
    with ThreadPoolExecutor() as pool:
        return [made.result() for made in [pool.submit(builder) for builder in builders]]


def _shell_lines(home: VBoxHome) -> str:
    wanted = home.environment()
    gone = [f"unset {name}" for name in sorted(os.environ) if name not in wanted]
    return "\n".join(
        [*gone, *(f"export {name}={shlex.quote(wanted[name])}" for name in ("HOME", "PATH", "CERNVM_WEBAPI_CACHE"))]
    )


if __name__ == "__main__":
    sys.exit(main())
