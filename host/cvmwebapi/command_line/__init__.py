"""The command line of ``cernvm-webapi``, one sub-command a file."""

from __future__ import annotations

import argparse
import sys

from cvmwebapi import __version__
from cvmwebapi.errors import CVMError


def run(arguments: list[str]) -> int:
    """Run one sub-command; returns the exit status: 0 done, 1 failed, 2 not understood."""
    from cvmwebapi.command_line import (
        doctor,
        hypervisor,
        install,
        keystore,
        list_sessions,
        policy,
        published_keys,
        remove_all,
        status,
        uninstall,
        vmcp,
    )

    parser = argparse.ArgumentParser(
        prog="cernvm-webapi", description="Lets a web page run a virtual machine on this computer, with your consent."
    )
    parser.add_argument("--version", action="version", version=f"cernvm-webapi {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = (install, uninstall, status, doctor, hypervisor, policy, list_sessions, remove_all)
    for module in (*modules, vmcp, keystore, published_keys):
        module.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        result: int = options.run(options)
    except CVMError as error:
        print(f"{error.message}\n{error.fix}", file=sys.stderr)
        return 1
    return result
